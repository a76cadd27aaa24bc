return export { write = function(rows, out) end }
