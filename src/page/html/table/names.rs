//! Names that are different from each other, so that no entry hides another.

use std::collections::{HashMap, HashSet};

/// Numbers names that come again.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The last number that a name got.
    numbers: HashMap<String, usize>,
}

impl Names {
    /// The name, with `_2` or a higher number behind it if it was there before.
    pub(super) fn unique(&mut self, name: String) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        let number = self.numbers.entry(name.clone()).or_insert(1);
        loop {
            *number += 1;
            let numbered = format!("{name}_{number}");
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        let all = ["a", "a_2", "a", "b", "a", "a_2"].map(|name| names.unique(name.to_owned()));
        assert_eq!(all, ["a", "a_2", "a_3", "b", "a_4", "a_2_2"]);
    }
}
