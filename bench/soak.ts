// Hours of work in short, as long as one says (`npm run bench -- soak --minutes 10`): messages on every road and commands, while the gateway, the database and a broker of somebody
// else are killed one after the other, the gateway most often. The figure is what was lost, doubled or untrue: it must be 0. Beside it the growth of the gateway's memory.
import { setTimeout as sleep } from 'node:timers/promises'
import { openRoads, type Victim } from '../tests/crash/roads.ts'
import type { Figure } from '../tools/bench.ts'

const RATE = 300
const ORDER: readonly Victim[] = ['gateway', 'broker', 'database']
/** A third of the time without a kill, so that memory is seen to grow, or not. */
const QUIET_SHARE = 1 / 3
const LOOK_MS = 1000
const mean = (list: readonly number[]): number => Math.round(list.reduce((a, b) => a + b, 0) / Math.max(1, list.length))

export async function run({ minutes = 0.5 }: { minutes?: number }): Promise<Figure[]> {
  const r = await openRoads({ rate: RATE })
  try {
    r.begin()
    const begun = Date.now()
    const whole = minutes * 60_000
    const kills_until = begun + whole * (1 - QUIET_SHARE)
    const each = Math.max(6000, Math.min(30_000, whole / 8))
    for (let n = 0; Date.now() + each < kills_until; n++) {
      await sleep(each)
      await r.kill(ORDER[n % ORDER.length]!)
    }
    const memory: number[] = []
    while (Date.now() < begun + whole) {
      await sleep(LOOK_MS)
      const now = r.memory()
      if (now > 0) memory.push(now)
    }
    const took_s = (Date.now() - begun) / 1000
    const counts = r.counts()
    const found = await r.settle()
    const wrong = found.lost.length + found.doubled + found.untrue.length
    const part = Math.max(1, Math.floor(memory.length / 4))
    const told = Object.entries(found.commands).map(([k, v]) => `${k} ${v}`).join(', ')
    const note = `${found.acked} messages acknowledged in ${took_s.toFixed(0)} s (own door ${counts.mqtt}, operator ${counts.operator}, outside broker ${counts.broker}), lost ${found.lost.length}, doubled ${found.doubled}; commands: ${told}, untrue ${found.untrue.length}${found.untrue.length > 0 ? ` (${found.untrue.slice(0, 5).join('; ')})` : ''}; killed gateway ${found.kills.gateway}, broker ${found.kills.broker}, database ${found.kills.database} times; gateway ${mean(memory.slice(0, part))} MB in the first and ${mean(memory.slice(-part))} MB in the last quarter of the ${memory.length} s without a kill`
    return [{ bench: 'soak.wrong', size: found.acked, value: wrong, unit: 'messages and commands', limit: 0, ratio: wrong === 0 ? 1 : 0, note }]
  } finally {
    await r.end()
  }
}
