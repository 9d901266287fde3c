// Who is told of an alarm, and how often: each once, one message for a storm, and what is graver never lost in it.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { iot, type Level } from '../contract.ts'
import { clearAlarm, escalate, raiseAlarm } from './raise.ts'

let t: TestApp
let w: TinyWorld
let hour = 0
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  // Sessions of staff last twelve hours; these days are months away.
  await t.app.d.pool.query(`update identity.session set expires_at = '2028-01-01'`)
  const from_on = await t.inside(async (s) => s.today)
  await t.as('foreman')(iot.saveAlarmPolicy, { from_on, critical_min: 5, major_min: 30, storm_count: 3 })
})
/** Each test has hours of its own: a storm is a matter of ten minutes. */
beforeEach(() => setClock(new Date(Date.parse('2027-03-04T00:00:00Z') + ++hour * 3_600_000).toISOString()))
const raise = (no: string, level: Level, title = `报警${no}`) => t.inside((s) => raiseAlarm(s, { community_id: w.community_id, building_id: null, device_id: null, source: `test:${hour}:${no}`, kind: 'limit', title, level, rule_id: null, facts: {}, place: '地下车库' }))
/** What one person was told since the hour began, oldest first. */
const told = () => t.inside(async (s) => (await sql<{ title: string }>`select m.title from messages.message m where m.company_id = ${s.company_id} and m.template in ('iot_alarm', 'iot_storm') and m.created_at >= ${s.now}
  and m.account_id = (select min(account_id::text)::uuid from messages.message where company_id = ${s.company_id} and template = 'iot_alarm') order by m.message_id`.execute(s.db)).rows.map((r) => r.title))

it('tells more than so many as one', async () => {
  for (const no of ['1', '2', '3', '4', '5', '6']) await raise(no, 'major')
  expect(await told()).toEqual([expect.stringContaining('报警1'), expect.stringContaining('报警2'), expect.stringContaining('报警3'), expect.stringContaining('10 分钟内 4 条')])
  // A storm of critical ones is one of its own.
  for (const no of ['7', '8', '9', '10', '11']) await raise(no, 'critical')
  expect((await told()).slice(4)).toEqual([expect.stringContaining('报警7'), expect.stringContaining('报警8'), expect.stringContaining('报警9'), expect.stringContaining('10 分钟内 4 条')])
})
it('a critical one in a storm of lesser ones is told by itself', async () => {
  for (const no of ['1', '2', '3', '4', '5']) await raise(no, 'major')
  for (const no of ['6', '7', '8', '9']) await raise(no, 'minor')
  await raise('困人', 'critical')
  expect((await told()).at(-1)).toContain('报警困人')
  // And small ones, of which nobody is told, are no storm.
  hour++
  setClock(new Date(Date.parse('2027-03-04T00:00:00Z') + hour * 3_600_000).toISOString())
  for (const no of ['1', '2', '3', '4', '5']) await raise(no, 'minor')
  await raise('水位', 'major')
  expect(await told()).toEqual([expect.stringContaining('报警水位')])
})
it('one that stays is told once, one that grows graver again, though it was confirmed and shelved', async () => {
  const { alarm_id } = await raise('1', 'major')
  await raise('1', 'major')
  expect(await told()).toHaveLength(1)
  await t.as('foreman')(iot.ackAlarm, { alarm_id })
  await t.as('foreman')(iot.shelveAlarm, { alarm_id, hours: 2, reason: '检修' })
  await raise('1', 'critical', '水位超高')
  expect(await told()).toEqual([expect.stringContaining('报警1'), expect.stringContaining('水位超高')])
  expect(await t.as('foreman')(iot.alarm, { alarm_id })).toMatchObject({ level: 'critical', acked_at: null, shelved_until: null })
  await raise('1', 'major')
  expect(await told()).toHaveLength(2)
})
it('time to confirm runs from when it was told last, and runs out anew', async () => {
  const at = Date.parse('2027-03-04T00:00:00Z') + hour * 3_600_000
  const minute = (n: number): void => setClock(new Date(at + n * 60_000).toISOString())
  const { alarm_id } = await raise('1', 'critical')
  const escalated = async (n: number): Promise<boolean> => {
    minute(n)
    await t.inside(escalate)
    return (await t.as('foreman')(iot.alarm, { alarm_id })).escalated_at !== null
  }
  expect([await escalated(4), await escalated(6)]).toEqual([false, true])
  minute(20)
  await t.inside((s) => clearAlarm(s, `test:${hour}:1`, 'limit'))
  minute(40)
  await raise('1', 'critical')
  expect([await escalated(44), await escalated(46)]).toEqual([false, true])
  expect((await t.as('foreman')(iot.alarm, { alarm_id })).steps.map((x) => x.action).filter((x) => x !== 'told')).toEqual(['escalate', 'again', 'clear', 'escalate', 'raise'])
})
