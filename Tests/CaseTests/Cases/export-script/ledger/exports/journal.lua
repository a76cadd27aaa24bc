-- A journal for plain-text accounting: a block for each booking, and the total at the end.
return export {
  name = "journal",
  inputs = { on = "date", payee = "string?", amount = "decimal EUR", open = "bool", tags = "list<string>" },
  write = function(rows, out)
    local total = decimal("0.00")
    out("; ", settings.account, "\n")
    for row in rows do
      out(row.on, row.open and " ! " or " * ", row.payee or "unknown", "\n")
      for place, tag in ipairs(row.tags) do out("  ; ", place, " ", tag, "\n") end
      out("  ", settings.account, "  ", row.amount, " EUR\n")
      total = total + row.amount
    end
    out("; total ", total, "\n")
  end,
}
