-- TRIES: comparisons that stay as they are: objects of one kind, nil, booleans, tables, numbers and texts.
-- HOST MUST: give Lua's answers.
-- EXPECT: OK fee=0$
function fee(row)
  local t, wrong = { row.price, row.day, row.id, row.country, false }, 0
  local function expect(is, wanted) if is ~= wanted then wrong = wrong + 1 end end
  expect(t[1] == row.price, true)
  expect(t[1] == row.price + 1, false)
  expect(t[1] ~= row.price * 1, false)
  expect(t[2] == row.day, true)
  expect(t[2] == row.day + 1, false)
  expect(t[2] == nil, false)
  expect(t[1] == true, false)
  expect(t[1] == t, false)
  expect(t == t, true)
  expect(t == {}, false)
  expect(t[5] == false, true)
  expect(t[3] == row.id, true)
  expect(t[3] == row.id + 0.0, true)
  expect(t[3] == row.id .. "", false)
  expect(t[4] == "DE", true)
  expect("1" == 1, false)
  expect(row == row, true)
  expect(row == t, false)
  expect(0.0 == -0.0, true)
  expect(0/0 == 0/0, false)
  return wrong
end
