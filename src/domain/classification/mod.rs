//! Classification: category from words and answers; nature, type and scale by Order 240.
