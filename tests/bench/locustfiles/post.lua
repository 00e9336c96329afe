-- 10 KB of JSON, as kinds.py has them.
local items = {}
for n = 100, 259 do
  items[#items + 1] = '{"id": ' .. n .. ', "name": "a name of some length", "price": 12.5}'
end
wrk.method = "POST"
wrk.body = "[" .. table.concat(items, ", ") .. "]"
wrk.headers["Content-Type"] = "application/json"
