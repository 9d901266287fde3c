// What stands on the screen is what is so: a device that says goodbye and stays away alarms as one that falls silent does; a command that was answered stays answered through a
// restart, and one whose end could not be written does not stay "sent".
import { randomUUID } from 'node:crypto'
import mqtt, { type MqttClient } from 'mqtt'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { oneDevice } from '../../../../../tests/one_device.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { setClock } from '../../../../kernel/clock.ts'
import { iot } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'
import { fallenSilent } from './state.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let owner: pg.Client
let device: { device_id: string; secret: string | null }
let client: MqttClient
/** It does not answer. */
let silent = false
const start = async (): Promise<void> => { g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} }) }
async function connect(): Promise<void> {
  client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: device.device_id, username: device.device_id, password: device.secret!, reconnectPeriod: 0, connectTimeout: 20_000, will: { topic: `v1/${device.device_id}/state`, payload: Buffer.from('{"online":false}'), qos: 1, retain: false } })
  client.on('error', () => {})
  client.on('message', (topic) => void (silent || client.publish(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 })))
  await client.subscribeAsync(`v1/${device.device_id}/cmd/#`)
  await g.tick()
}
const offline = async () => (await t.as('foreman')(iot.alarms, { page_size: 50 })).rows.filter((a) => a.kind === 'offline')
const command = async (command_id: string) => (await t.as('foreman')(iot.commands, { device_id: device.device_id, page_size: 50 })).rows.find((c) => c.command_id === command_id)!

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  owner = new pg.Client(t.url)
  await owner.connect()
  device = await oneDevice(t, w, { no: 'CK-1', name: '车库一', place: '车库', model: (m) => ({ commands: [...m.commands, { key: 'ring', name: '响铃', safety: 'comfort', arg: null, ttl_s: 10, idempotent: false, confirm: null, where: null, value: null }] }) })
  await start()
  await connect()
}, 120_000)
afterAll(async () => {
  await client?.endAsync(true)
  await g?.stop()
  await owner?.end()
})

it('a device that a last will says goodbye for, and that stays away, alarms; one that is soon back does not', async () => {
  const d = g.registry.devices.get(device.device_id)!
  client.stream.destroy()
  await until(async () => d.moving.conn === 'offline')
  await g.tick()
  expect(await offline()).toEqual([])
  await connect()
  expect(d.moving.conn).toBe('online')
  client.stream.destroy()
  await until(async () => d.moving.conn === 'offline')
  setClock(new Date(Date.now() + (d.model.offline_after_s + 60) * 1000).toISOString())
  await g.tick()
  await g.tick()
  setClock(undefined)
  expect(await offline()).toMatchObject([{ title: '车库一离线', times_count: 1, cleared_at: null }])
  await connect()
  await g.actor.settle()
  expect((await offline())[0]!.cleared_at).not.toBeNull()
})
async function goAway(): Promise<void> {
  const d = g.registry.devices.get(device.device_id)!
  client.stream.destroy()
  await until(async () => d.moving.conn === 'offline')
  setClock(new Date(Date.now() + (d.model.offline_after_s + 60) * 1000).toISOString())
  g.actor.silent(fallenSilent(g.registry, 0), 0)
  setClock(undefined)
}
const open = async (): Promise<number> => (await offline()).filter((a) => a.cleared_at === null).length
it('an alarm that was on its way while the alarms were read anew is cleared when its device is back', async () => {
  const holds = new pg.Client(t.url)
  await holds.connect()
  await holds.query('begin; lock table iot.alarm in share row exclusive mode')
  await goAway()
  await g.actor.load(t.company_id)
  await holds.query('rollback')
  await holds.end()
  await g.actor.settle()
  expect(await open()).toBe(1)
  await connect()
  await g.actor.settle()
  expect(await open()).toBe(0)
})
it('a device that came back while no gateway told so has its alarm cleared when it speaks, not before', async () => {
  await goAway()
  await g.actor.settle()
  await g.stop()
  expect(await open()).toBe(1)
  // As a gateway leaves it that was killed between the two.
  await t.inside((s) => sql`update iot.device_state set conn = 'online', heard_at = ${s.now} where company_id = ${s.company_id} and device_id = ${device.device_id}`.execute(s.db))
  await start()
  await g.tick()
  expect(await open()).toBe(1)
  await connect()
  expect(await open()).toBe(0)
})
it('a command that is read back by nothing was answered, and stays so through a restart', async () => {
  const { command_id } = await t.as('foreman')(iot.sendCommand, { device_id: device.device_id, command: 'ring' })
  await until(async () => (await command(command_id)).state === 'accepted')
  await client.endAsync(true)
  await g.stop()
  await start()
  await connect()
  expect((await command(command_id)).state).toBe('accepted')
})
it('is over with its answer when nothing reads it back, and may be given again at once; while one is on its way the same is not given beside it, and one press is one', async () => {
  const ring = (request_id?: string) => t.as('foreman')(iot.sendCommand, { device_id: device.device_id, command: 'ring', ...(request_id ? { request_id } : {}) })
  const request_id = randomUUID()
  const [one, two] = [await ring(request_id), await ring(request_id)]
  expect(two.command_id).toBe(one.command_id)
  await until(async () => (await command(one.command_id)).state === 'accepted')
  expect(await command(one.command_id)).toMatchObject({ command: 'ring', reads_back: false, running: false })
  const again = await ring()
  expect(again.command_id).not.toBe(one.command_id)
  await until(async () => (await command(again.command_id)).state === 'accepted')
  silent = true
  const waits = await ring()
  expect(await command(waits.command_id)).toMatchObject({ running: true })
  await expectRefused(ring(), 'iot.command_open')
  await until(async () => (await command(waits.command_id)).state === 'sent')
  await expectRefused(ring(), 'iot.command_open')
  client.publish(`v1/${device.device_id}/cmd/${waits.command_id}/reply`, JSON.stringify({ ok: false, why: '坏了' }), { qos: 1 })
  await until(async () => (await command(waits.command_id)).state === 'failed')
  silent = false
  const next = await ring()
  await until(async () => (await command(next.command_id)).state === 'accepted')
  // One that is read back is still under way when it is answered.
  const fan = await t.as('foreman')(iot.sendCommand, { device_id: device.device_id, command: 'fan_on' })
  await until(async () => (await command(fan.command_id)).state === 'accepted')
  expect(await command(fan.command_id)).toMatchObject({ reads_back: true, running: true })
  await expectRefused(t.as('foreman')(iot.sendCommand, { device_id: device.device_id, command: 'fan_on' }), 'iot.command_open')
  await client.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), fan: 1 }), { qos: 1 })
  await until(async () => (await command(fan.command_id)).state === 'confirmed')
})
it('a command whose end the database refused does not stay sent', async () => {
  await owner.query(`create function no_end() returns trigger language plpgsql as $$ begin if new.state in ('accepted','confirmed') then raise exception 'away' using errcode = '57P01'; end if; return new; end $$; create trigger no_end before update on iot.command for each row execute function no_end()`)
  const { command_id } = await t.as('foreman')(iot.sendCommand, { device_id: device.device_id, command: 'fan_on' })
  await until(async () => (await command(command_id)).state === 'sent')
  await owner.query('drop trigger no_end on iot.command; drop function no_end')
  await until(async () => (await command(command_id)).state === 'accepted')
})
it('a command that this gateway has lost sight of is unknown; one that it is at work on is not', async () => {
  const lost = await t.as('foreman')(iot.sendCommand, { device_id: device.device_id, command: 'fan_off' })
  await until(async () => (await command(lost.command_id)).state === 'accepted')
  await g.reload()
  expect((await command(lost.command_id)).state).toBe('accepted')
  const { command_id } = (await t.as('foreman')(iot.commands, { device_id: device.device_id, page_size: 50 })).rows.find((c) => c.name === '响铃')!
  await owner.query(`update iot.command set state = 'sent', state_at = state_at - interval '10 minutes' where command_id = '${command_id}'`)
  await g.reload()
  expect((await command(command_id)).state).toBe('unknown')
})
it('what was asked of a bus by a gateway that died is told as not done', async () => {
  const { bus_id } = await t.as('foreman')(iot.saveBus, { community_id: w.community_id, name: '电井', protocol: 'dlt645_2007', host: '127.0.0.1', port: 9, timeout_ms: 200, gap_ms: 0, retries: 0, preamble: 4, break_after: 3, break_s: 300, period_s: 900 })
  const { task_id } = await t.as('foreman')(iot.startTask, { bus_id, what: 'read', addresses: ['1'], where_text: '00010000' })
  await t.inside((s) => sql`update iot.bus_task set state = 'running' where company_id = ${s.company_id} and task_id = ${task_id}`.execute(s.db))
  await client.endAsync(true)
  await g.stop()
  await t.inside((s) => sql`update iot.bus_task set state = 'running', result = null where company_id = ${s.company_id} and task_id = ${task_id}`.execute(s.db))
  await start()
  await connect()
  expect((await t.as('foreman')(iot.task, { task_id })).state).toBe('failed')
})
it('rules are loaded one time after the other: of two at once the older answer could come last, and stand', async () => {
  const holds = new pg.Client(t.url)
  await holds.connect()
  await holds.query('begin; lock table iot.rule_fire in access exclusive mode')
  const wait = async (): Promise<number> => (await owner.query<{ n: number }>(`select count(*)::int as n from pg_locks where not granted and relation = 'iot.rule_fire'::regclass`)).rows[0]!.n
  const both = [g.actor.load(t.company_id), g.actor.load(t.company_id)]
  await until(async () => (await wait()) > 0)
  await new Promise((r) => setTimeout(r, 500))
  expect(await wait()).toBe(1)
  await holds.query('rollback')
  await holds.end()
  await Promise.all(both)
})
// The last one: it moves the clock past what the first device is allowed.
it('a device that was registered a moment ago has its whole time to speak for the first time, however long the gateway has listened', async () => {
  const began = Date.now()
  try {
    setClock(new Date(began + 3 * 3_600_000).toISOString())
    const late = await oneDevice(t, w, { no: 'CK-2', name: '车库二', place: '车库', model: () => ({}) })
    await g.reload()
    const d = g.registry.devices.get(late.device_id)!
    const gone = (after_s: number): boolean => fallenSilent(g.registry, began, began + 3 * 3_600_000 + after_s * 1000).includes(d)
    expect(gone(d.model.offline_after_s - 20)).toBe(false)
    expect(d.moving.conn).toBe('unknown')
    expect(gone(d.model.offline_after_s + 20)).toBe(true)
    expect(d.moving.conn).toBe('offline')
  } finally {
    setClock(undefined)
  }
})
