-- wrk script: every request files a manifest of its own. Needs TOKEN and BODY (a file) in the environment; RUN and START (manifests filed before) keep runs apart.
local run = os.getenv("RUN") or tostring(os.time())
local start = tonumber(os.getenv("START") or "0")
local threads = 0

-- What stands in the template for identifiers that no two manifests share, and what takes its place.
local names = { "TRIPTRIPTRIPTRIP", "CTRLCTRLCTRL", "VINVINVINVINVINVI", "PLATEP", "FASTFASTFASTFA", "SEALSEALS", "ENTRYENTRYENT", "PEDIMENTOPEDIME" }

local letters = {}
for i, value in ipairs({ 1, 2, 3, 4, 5, 6, 7, 8, false, 1, 2, 3, 4, 5, false, 7, false, 9, 2, 3, 4, 5, 6, 7, 8, 9 }) do
   letters[string.char(64 + i)] = value
end

-- 49 CFR 565.15(c)
local function vin(count)
   local weights = { 8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2 }
   local text = string.format("3TPTT9PB0NM%06d", count % 1000000)
   local sum = 0
   for i = 1, 17 do
      local c = text:sub(i, i)
      sum = sum + weights[i] * (tonumber(c) or letters[c])
   end
   local check = sum % 11 == 10 and "X" or tostring(sum % 11)
   return text:sub(1, 8) .. check .. text:sub(10)
end

-- CATAIR Appendix E; the filer code ABC counts as 1, 2, 3.
local function entry(count)
   local digits = "123" .. string.format("%07d", count % 10000000)
   local sum = 0
   for i = 1, 10 do
      local value = tonumber(digits:sub(i, i))
      if i % 2 == 0 then
         value = (value * 2 + (value * 2 > 9 and 1 or 0)) % 10
      end
      sum = sum + value
   end
   return "ABC-" .. digits:sub(4) .. "-" .. tostring((10 - sum % 10) % 10)
end

-- The template as pieces, with the name of what stands between two of them.
local pieces, holes = {}, {}

local function split()
   local text = io.open(os.getenv("BODY"), "rb"):read("*a")
   local from = 1
   while true do
      local first, last, name
      for _, each in ipairs(names) do
         local begins, ends = text:find(each, from, true)
         if begins and (not first or begins < first) then
            first, last, name = begins, ends, each
         end
      end
      if not first then
         break
      end
      table.insert(pieces, text:sub(from, first - 1))
      table.insert(holes, name)
      from = last + 1
   end
   table.insert(pieces, text:sub(from))
end

function setup(thread)
   thread:set("id", threads)
   threads = threads + 1
end

function init(args)
   count = 0
   split()
   headers = {
      ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
      ["Content-Type"] = "application/json",
   }
end

function request()
   count = count + 1
   local mine = start + count
   local number = string.format("%s%02d%07d", run, id, count)
   local values = {
      TRIPTRIPTRIPTRIP = "TSTA" .. number:sub(-12),
      CTRLCTRLCTRL = "TSTA" .. string.format("%08d", mine),
      VINVINVINVINVINVI = vin(mine),
      PLATEP = string.format("%06d", mine % 1000000),
      FASTFASTFASTFA = string.format("4270%08d01", mine),
      SEALSEALS = string.format("MX%07d", mine),
      ENTRYENTRYENT = entry(mine),
      PEDIMENTOPEDIME = string.format("262334206%06d", mine % 999999 + 1),
   }
   local body = {}
   for i, name in ipairs(holes) do
      body[2 * i - 1] = pieces[i]
      body[2 * i] = values[name]
   end
   body[2 * #holes + 1] = pieces[#pieces]
   headers["Idempotency-Key"] = '"bench-' .. number .. '"'
   return wrk.format("POST", "/v1/manifests", headers, table.concat(body))
end

function done(summary, latency, requests)
   io.write(string.format('{"requests":%d,"seconds":%.3f,"rate":%.1f,"p50_ms":%.3f,"p99_ms":%.3f,"errors_status":%d,"errors_io":%d}\n', summary.requests,
      summary.duration / 1e6, summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status,
      summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end

if tonumber(os.getenv("DELAY_MS") or "0") > 0 then
   -- Pauses of random length around the mean: clients do not march in step.
   function delay()
      return math.random(0, 2 * tonumber(os.getenv("DELAY_MS")))
   end
end
