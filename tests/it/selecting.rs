//! Taking things out of pages, as a spider does: what it finds, and what it costs on pages made to be costly.

mod hostile;
mod pages;
