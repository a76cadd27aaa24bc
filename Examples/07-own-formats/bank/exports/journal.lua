-- A journal for plain-text accounting.
return export {
  name = "journal",
  inputs = { account = "string", booked_on = "date?", purpose = "string?", amount = "decimal EUR" },
  write = function(rows, out)
    out("; amounts in ", settings.currency, "\n")
    for row in rows do
      out(row.booked_on or "opening", " ", row.purpose or "balance", "\n")
      out("  ", row.account, "  ", row.amount, " ", settings.currency, "\n")
    end
  end,
}
