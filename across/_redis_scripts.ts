/**
 * Private: what runs inside Redis. Each script is one atomic step.
 *
 * A lock is three keys: who holds it (with the end of the lease as its expiry),
 * the last token, and who waits: a sorted set, in the order of arrival. The
 * score of a waiter that has been called is negative: the moment by which it
 * has to come and take the lock. So one waiter is called at a time, however
 * many there are, and the dead are passed over.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** Text and name of a script. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

function script(text: string): Script {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

/** How long a waiter's place is remembered if nobody looks, in ms. */
const FORGET = 60_000;
/** How long a token is remembered after the key's last hold: a week, in ms. */
const REMEMBER = 7 * 24 * 60 * 60 * 1000;

/**
 * Returns the first waiter, called to take the lock unless it is `me`, and the
 * milliseconds that it has left to do so. Whoever is not connected, or has not
 * come in time, leaves the queue.
 *
 * A node of a cluster does not know who listens at the others. So if nobody has
 * heard the call at this one, the second is called too. It is told how long the
 * first one has left, and looks again then.
 *
 * ARGV: any, channels, grace, whether it is a cluster.
 */
const FIRST = `
local function first(lock, queue, me)
  local channels, grace, cluster = unpack(ARGV, 2, 4)
  local function call(waiter)
    return redis.call('PUBLISH', channels .. string.sub(waiter, 1, 16), lock) > 0
  end
  while true do
    local entry = redis.call('ZRANGE', queue, 0, 1, 'WITHSCORES')
    local head, score, second = entry[1], tonumber(entry[2]), entry[3]
    if not head or head == me then return head, 0 end
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    if score < 0 then
      if now <= -score then return head, -score - now end
    else
      local heard = call(head)
      if heard or cluster == '1' then
        redis.call('ZADD', queue, -(now + grace), head)
        if not heard and second then call(second) end
        return head, tonumber(grace)
      end
    end
    redis.call('ZREM', queue, head)
  end
end
`;

/**
 * Takes the lock. Returns the token; or the place in the queue, counted from 0,
 * and the milliseconds until the lock may be free.
 *
 * KEYS: lock, token, queue. ARGV: id, channels, grace, whether it is a cluster,
 * lease, whether to queue.
 */
export const TAKE: Script = script(`${FIRST}
local lock, token, queue = unpack(KEYS)
local me, lease = ARGV[1], ARGV[5]
local owner = redis.call('GET', lock)
if owner == me then
  redis.call('PEXPIRE', lock, lease)
  return redis.call('GET', token)
end
local left
if owner then
  left = redis.call('PTTL', lock)
else
  local head
  head, left = first(lock, queue, me)
  if not head or head == me then
    if head then redis.call('ZREM', queue, me) end
    local time = redis.call('TIME')
    local fresh = time[1] * 1000000 + time[2]
    local last = tonumber(redis.call('GET', token) or 0)
    if fresh <= last then fresh = last + 1 end
    fresh = string.format('%.0f', fresh)
    redis.call('SET', lock, me, 'PX', lease)
    redis.call('SET', token, fresh, 'PX', ${REMEMBER})
    return fresh
  end
end
if ARGV[6] == '0' then return {0, left} end
if not redis.call('ZSCORE', queue, me) then
  local last = redis.call('ZRANGE', queue, -1, -1, 'WITHSCORES')[2]
  redis.call('ZADD', queue, math.max(0, tonumber(last or 0)) + 1, me)
end
redis.call('PEXPIRE', queue, ${FORGET})
return {redis.call('ZRANK', queue, me), left}
`);

/**
 * Ends a hold or a wait, and calls the next one if nobody holds the lock.
 *
 * KEYS: lock, queue. ARGV: id, channels, grace, whether it is a cluster.
 */
export const FREE: Script = script(`${FIRST}
local lock, queue = unpack(KEYS)
local me = ARGV[1]
local owner = redis.call('GET', lock)
if owner == me then
  redis.call('DEL', lock)
else
  redis.call('ZREM', queue, me)
  if owner then return end
end
first(lock, queue, nil)
`);

/**
 * Extends holds. Never takes a lock that is gone. Returns the places, counted
 * from 0, of the keys that somebody else holds or nobody.
 *
 * KEYS: locks. ARGV: lease, and the id of each lock's holder.
 */
export const RENEW: Script = script(`
local gone = {}
for i, lock in ipairs(KEYS) do
  if redis.call('GET', lock) == ARGV[i + 1] then
    redis.call('PEXPIRE', lock, ARGV[1])
  else
    gone[#gone + 1] = i - 1
  end
end
return gone
`);

/** Raises tokens. KEYS: tokens. ARGV: the token. */
export const RAISE: Script = script(`
for _, token in ipairs(KEYS) do
  if tonumber(redis.call('GET', token) or 0) < tonumber(ARGV[1]) then
    redis.call('SET', token, ARGV[1], 'PX', ${REMEMBER})
  end
end
`);
