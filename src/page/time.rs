//! Points in time: `SystemTime` in what users see, since the types of `jiff` may change with its next version.

use std::time::SystemTime;

use jiff::Timestamp;

/// Returns the point in time; `None` if the system has no such: Windows counts from 1601. (`jiff` panics there.)
pub(crate) fn system(time: Timestamp) -> Option<SystemTime> {
    let since_epoch = time.as_duration();
    let distance = since_epoch.unsigned_abs();
    if since_epoch.is_negative() {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    }
}

/// Returns whether a time is this one or later.
pub(crate) fn is_since(time: Timestamp, since: SystemTime) -> bool {
    // A time that cannot be compared lies thousands of years before or behind all that can.
    Timestamp::try_from(since).map_or(since < SystemTime::UNIX_EPOCH, |since| time >= since)
}

/// Serialization of times as RFC 3339, in UTC.
pub(crate) mod rfc3339 {
    use std::time::SystemTime;

    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

    pub(crate) fn serialize<S: Serializer>(
        time: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let time = Timestamp::try_from(*time).map_err(ser::Error::custom)?;
        time.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SystemTime, D::Error> {
        system(Timestamp::deserialize(deserializer)?)
    }

    fn system<E: de::Error>(time: Timestamp) -> Result<SystemTime, E> {
        super::system(time)
            .ok_or_else(|| E::custom(format_args!("this system cannot count to {time}")))
    }

    /// The same for a time that may be missing.
    pub(crate) mod option {
        use super::{Deserialize, Deserializer, Serialize, Serializer, SystemTime, Timestamp, ser};

        #[expect(clippy::ref_option, reason = "serde asks for it")]
        pub(crate) fn serialize<S: Serializer>(
            time: &Option<SystemTime>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let time = time.map(Timestamp::try_from).transpose();
            time.map_err(ser::Error::custom)?.serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<SystemTime>, D::Error> {
            let time = Option::<Timestamp>::deserialize(deserializer)?;
            time.map(super::system).transpose()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_the_same_there_and_back() {
        let epoch = Timestamp::UNIX_EPOCH;
        for time in [
            "1883-07-04T11:59:59.000000001Z",
            "1969-12-31T23:59:59.9Z",
            "9999-12-30T22:00:00Z",
        ] {
            let time: Timestamp = time.parse().unwrap();
            assert_eq!(Timestamp::try_from(system(time).unwrap()).unwrap(), time);
        }
        assert_eq!(system(epoch), Some(SystemTime::UNIX_EPOCH));
    }

    #[test]
    fn a_time_beyond_the_calendar_is_before_or_behind_all_in_it() {
        let years = Duration::from_hours(1_000_000 * 365 * 24);
        if let Some(future) = SystemTime::UNIX_EPOCH.checked_add(years) {
            assert!(!is_since(Timestamp::MAX, future));
        }
        if let Some(past) = SystemTime::UNIX_EPOCH.checked_sub(years) {
            assert!(is_since(Timestamp::MIN, past));
        }
        assert!(is_since(Timestamp::UNIX_EPOCH, SystemTime::UNIX_EPOCH));
    }
}
