"""Expert reports under the rules of a forum: data first, then a page and a PDF of it."""
