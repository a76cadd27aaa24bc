return export { inputs = { at = "date" }, write = "csv" }
