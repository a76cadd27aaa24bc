-- The whole of `fees` in plain Lua, as a person would write it who has nothing else: one pass over the lines, floats, no checks.
local totals = {}
local file = assert(io.open(arg[1] .. "/invoices.csv"))
file:read("l")
local cells = "^[^,]*,([^,]*),([^,]*),[^,]*,[^,]*,[^,]*,[^,]*,([^,]*),([^,]*),([^,]*),([^,]*)"
for line in file:lines() do
  local issued_on, client, hours, rate, currency, status = line:match(cells)
  if status ~= "void" then
    local amount = tonumber(hours) * tonumber(rate)
    local fee
    if issued_on < "2021-01-01" then
      fee = amount * 0.10
    elseif amount > 10000 then
      fee = 1500 + (amount - 10000) * 0.08
    else
      fee = amount * 0.15
    end
    if currency ~= "USD" then fee = fee * 1.02 end
    fee = math.max(25, math.min(5000, fee))
    totals[client] = (totals[client] or 0) + fee
  end
end
local clients = {}
for client, fee in pairs(totals) do clients[#clients + 1] = { client = tonumber(client), fee = fee } end
table.sort(clients, function(a, b)
  if a.fee ~= b.fee then return a.fee > b.fee end
  return a.client < b.client
end)
for place = 1, math.min(20, #clients) do print(("%d,%.12f"):format(clients[place].client, clients[place].fee)) end
