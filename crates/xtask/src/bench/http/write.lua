-- Proposes one receipt after another, each under a key of its own.
-- Arguments: a file with a token, and one with the proposal, in which NUMBER stands for what makes the key.
local threads = 0

local function whole(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. whole(args[1])
  before, after = whole(args[2]):match("^(.*)NUMBER(.*)$")
  count = 0
end

function request()
  count = count + 1
  return wrk.format(nil, nil, nil, before .. number .. "-" .. count .. after)
end
