// What a rule must do about an event or a change of state is not lost with the gateway (IOT-06): written and told exactly once, however often and wherever it dies; what moves something
// is never moved late, and it is said that it was not.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../../../tests/free_port.ts'
import { testApp, type TestApp } from '../../../../../tests/harness.ts'
import { oneDevice } from '../../../../../tests/one_device.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { orders } from '../../../orders/contract.ts'
import { iot, type RuleBody } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let owner: pg.Client
let product_id: string
let device: { device_id: string; secret: string | null }
let client: MqttClient | undefined
const children = new Set<ChildProcess>()
let no = 0
const foreman = () => t.as('foreman')
const start = async (): Promise<void> => { g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} }) }
const connect = async (): Promise<void> => {
  await client?.endAsync(true)
  client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: device.device_id, username: device.device_id, password: device.secret!, reconnectPeriod: 0, connectTimeout: 20_000 })
  client.on('message', (topic, sent) => {
    client!.publish(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 })
    client!.publish(`v1/${device.device_id}/telemetry`, JSON.stringify({ fan: (JSON.parse(sent.toString()) as { command: string }).command === 'fan_on' ? 1 : 0 }), { qos: 1 })
  })
  await client.subscribeAsync(`v1/${device.device_id}/cmd/#`)
  await g.tick()
}
const again = async (): Promise<void> => {
  await g.stop()
  await start()
  await connect()
}
/** Answered when the gateway has acknowledged it. */
const tell = (kind: string, active = true) => client!.publishAsync(`v1/${device.device_id}/event`, JSON.stringify({ id: `e${++no}`, ts: Date.now() + no, kind, data: { active } }), { qos: 1 })
const say = (o: object) => client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now() + ++no, ...o }), { qos: 1 })
const waiting = () => t.inside(async (s) => (await sql`select due_id from iot.rule_due where company_id = ${s.company_id}`.execute(s.db)).rows.length)
const fires = async (rule_id: string) => (await foreman()(iot.ruleFires, { rule_id, page_size: 50 })).rows
const commands = async () => (await foreman()(iot.commands, { device_id: device.device_id, page_size: 100 })).rows
const alarms = async (rule_id: string) => (await foreman()(iot.alarms, { page_size: 100 })).rows.filter((a) => a.kind === `rule:${rule_id}`)
const counts = () => t.inside(async (s) => (await sql<{ orders: number; told: number; hooks: number }>`select (select count(*)::int from orders.work_order where company_id = ${s.company_id}) as orders, (select count(*)::int from messages.message where company_id = ${s.company_id} and template = 'iot_rule') as told,
  (select count(*)::int from iot.rule_act where company_id = ${s.company_id} and kind = 'webhook') as hooks`.execute(s.db)).rows[0]!)
const body = (more: Partial<RuleBody>): RuleBody => ({ trigger: { kind: 'event', event: 'hello' }, hours: null, cool_down_s: 0, level: null, order_category_id: null, command: { device_id: null, command: 'fan_on', arg: null }, back_command: null, scene_id: null, notify: null, webhook: false, ...more })
const rules: string[] = []
async function rule(name: string, more: Partial<RuleBody>): Promise<string> {
  const { rule_id } = await foreman()(iot.saveRule, { name, product_id, community_id: null, device_id: device.device_id, body: body(more) })
  rules.push(rule_id)
  await g?.actor.loadAll()
  return rule_id
}
const stopAll = async (): Promise<void> => {
  await until(async () => (await commands()).every((c) => !['queued', 'sent', 'accepted'].includes(c.state)))
  for (const rule_id of rules.splice(0)) await foreman()(iot.stopRule, { rule_id, stopped: true })
  await g.actor.loadAll()
}
/** As if it were killed as soon as the device has its answer. */
const dies = (): void => { g.pipeline.onStored = undefined }

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  owner = new pg.Client(t.url)
  await owner.connect()
  const event = (key: string, name: string) => ({ key, name, level: 'notice' as const })
  const made = await oneDevice(t, w, { no: 'CK-1', name: '车库一', place: '车库', model: () => ({ events: [event('hello', '手报'), event('bell', '呼叫')] }) })
  product_id = made.product_id
  device = made
  await start()
  await connect()
}, 120_000)
afterAll(async () => {
  await client?.endAsync(true)
  await g?.stop()
  await owner?.end()
  for (const c of children) c.kill('SIGKILL')
})

it('an event that was acknowledged and not acted on is made up for at the next start, once; its command is not given and that is said', async () => {
  const category = (await foreman()(orders.categories, {})).rows.find((x) => x.place === 'public' && x.parent_id !== null)!
  const rule_id = await rule('手报开风机', { level: 'critical', order_category_id: category.category_id, notify: 'handle', webhook: true })
  await tell('hello')
  await g.actor.settle()
  expect([(await fires(rule_id)).length, (await commands()).length, await waiting()]).toEqual([1, 1, 0])
  await foreman()(iot.disposeAlarm, { alarm_id: (await alarms(rule_id))[0]!.alarm_id, disposal: '误报' })
  const before = await counts()
  dies()
  await tell('hello')
  expect([(await fires(rule_id)).length, await waiting()]).toEqual([1, 1])
  await again()
  await until(async () => (await waiting()) === 0)
  await g.actor.settle()
  const list = await fires(rule_id)
  expect(list).toHaveLength(2)
  expect(list[0]!.acts.map((a) => [a.kind, a.state, a.told])).toEqual([['alarm', 'done', null], ['command', 'failed', '未执行:网关重启'], ['order', 'done', null], ['notify', 'done', null], ['webhook', 'sent', null]])
  expect(list[0]!.facts).toContain('补记')
  expect(await commands()).toHaveLength(1)
  const a = (await alarms(rule_id))[0]!
  expect(a.disposed_at).toBeNull()
  const shown = await foreman()(iot.alarm, { alarm_id: a.alarm_id })
  expect(shown.facts).toContainEqual({ name: '未执行', text: '命令「开风机」' })
  expect(shown.fires[0]!.acts.find((x) => x.kind === 'command')).toMatchObject({ state: 'failed', told: '未执行:网关重启' })
  const after = await counts()
  expect(after).toEqual({ orders: before.orders + 1, told: before.told * 2, hooks: before.hooks + 1 })
  await again()
  await g.reload()
  await g.actor.settle()
  expect([(await fires(rule_id)).length, await counts()]).toEqual([2, after])
  await stopAll()
})
it('a state that changed just before the kill is made up for; one that changed across a start is noticed and acted on', async () => {
  const rule_id = await rule('故障即通知', { trigger: { kind: 'change', point: 'fault', to: 1 }, notify: 'handle' })
  await say({ fault: 0 })
  await g.actor.settle()
  dies()
  await say({ fault: 1 })
  expect(await waiting()).toBe(1)
  await again()
  await until(async () => (await waiting()) === 0)
  await g.actor.settle()
  expect((await fires(rule_id)).map((f) => f.acts.map((a) => [a.kind, a.state]))).toEqual([[['command', 'failed'], ['notify', 'done']]])
  // Said again it is no change.
  await say({ fault: 1 })
  await g.actor.settle()
  expect(await fires(rule_id)).toHaveLength(1)
  await say({ fault: 0 })
  await g.tick()
  await again()
  await say({ fault: 1 })
  await g.actor.settle()
  expect((await fires(rule_id))[0]!.acts.map((a) => a.kind === 'command' && a.state !== 'failed')).toContain(true)
  expect([(await fires(rule_id)).length, await waiting()]).toEqual([2, 0])
  await stopAll()
})
it('what was given is given back, though the word that it is over came just before the kill; what was not given is not', async () => {
  const rule_id = await rule('呼叫开风机', { trigger: { kind: 'event', event: 'bell', over_s: 3600 }, back_command: { device_id: null, command: 'fan_off', arg: null } })
  const had = (await commands()).length
  await tell('bell')
  await g.actor.settle()
  dies()
  await tell('bell', false)
  await again()
  await until(async () => (await waiting()) === 0)
  await g.actor.settle()
  expect((await commands()).slice(0, (await commands()).length - had).map((c) => c.name)).toEqual(['关风机', '开风机'])
  dies()
  await tell('bell')
  await again()
  await until(async () => (await waiting()) === 0)
  await tell('bell', false)
  await g.actor.settle()
  expect([(await fires(rule_id)).length, (await commands()).length, await waiting()]).toEqual([3, had + 2, 0])
  await stopAll()
})
it('what the database refused is made up for later, and moves nothing then', async () => {
  const rule_id = await rule('忙时', { notify: 'handle' })
  await owner.query(`create sequence busy; grant usage on sequence busy to heyuan_app; create function busy_fire() returns trigger language plpgsql as $$ begin if nextval('public.busy') <= 1 then raise exception 'busy' using errcode = 'P0001'; end if; return new; end $$; create trigger busy_fire before insert on iot.rule_fire for each row execute function busy_fire()`)
  await tell('hello')
  await g.actor.settle()
  expect([(await fires(rule_id)).length, await waiting()]).toEqual([0, 1])
  // One that is on its way is nobody's to make up for.
  await g.reload()
  await g.actor.settle()
  expect([(await fires(rule_id)).length, await waiting()]).toEqual([0, 1])
  await owner.query(`update iot.rule_due set received_at = received_at - interval '5 minutes'`)
  await g.reload()
  await g.actor.settle()
  expect((await fires(rule_id)).map((f) => f.acts.map((a) => [a.kind, a.state, a.told]))).toEqual([[['command', 'failed', '未执行:当时没有办成,已过时'], ['notify', 'done', null]]])
  expect(await waiting()).toBe(0)
  await owner.query('drop trigger busy_fire on iot.rule_fire; drop function busy_fire; drop sequence busy')
  await stopAll()
})
it('a limit passed while the device was under maintenance is acted on when that is over', async () => {
  const rule_id = await rule('一氧化碳高', { trigger: { kind: 'threshold', point: 'co', op: 'above', limit: 50, back: 40, for_s: 0 }, level: 'critical' })
  const d = g.registry.devices.get(device.device_id)!
  await say({ co: 10 })
  d.life = 'maintenance'
  await say({ co: 70 })
  await g.actor.settle()
  expect(await fires(rule_id)).toHaveLength(0)
  d.life = 'active'
  await say({ co: 71 })
  await g.actor.settle()
  expect(await fires(rule_id)).toHaveLength(1)
  await stopAll()
})
const co = (more: object = {}) => ({ kind: 'threshold' as const, point: 'co', op: 'above' as const, limit: 50, back: 40, for_s: 0, ...more })
it('a limit that was passed and left again in the moment of a kill is told at the next start, once, and nothing is moved', async () => {
  const rule_id = await rule('一氧化碳高开风机', { trigger: co(), level: 'critical', notify: 'handle' })
  await say({ co: 10 })
  await g.actor.settle()
  const had = (await commands()).length
  dies()
  await say({ co: 70 })
  await say({ co: 71 })
  expect(await waiting()).toBeGreaterThan(0)
  await say({ co: 10 })
  await again()
  await until(async () => (await waiting()) === 0)
  await g.actor.settle()
  expect((await fires(rule_id)).map((f) => f.acts.map((a) => [a.kind, a.state, a.told]))).toEqual([[['alarm', 'done', null], ['command', 'failed', '未执行:网关重启'], ['notify', 'done', null]]])
  expect((await fires(rule_id))[0]!.facts).toContain('70.0 ppm')
  expect([(await alarms(rule_id))[0]!.state, (await commands()).length]).toEqual(['active', had])
  // The next value says that it is over.
  await say({ co: 11 })
  await g.actor.settle()
  expect([(await alarms(rule_id))[0]!.state, (await commands()).length, (await fires(rule_id)).length]).toEqual(['cleared', had, 1])
  await foreman()(iot.disposeAlarm, { alarm_id: (await alarms(rule_id))[0]!.alarm_id, disposal: '已通风' })
  await stopAll()
})
it('a limit that is still passed after the kill: told once, and moved by the next value, also when it was killed again in between', async () => {
  const rule_id = await rule('一氧化碳仍高', { trigger: co({ for_s: 1 }), level: 'critical', notify: 'handle', back_command: { device_id: null, command: 'fan_off', arg: null } })
  const at = Date.now()
  await client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: at, co: 20 }), { qos: 1 })
  dies()
  // In one message: each is judged as those before it leave it.
  await client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify([{ ts: at + 1, co: 70 }, { ts: at + 1002, co: 72 }, { ts: at + 2003, co: 73 }]), { qos: 1 })
  expect(await waiting()).toBe(1)
  const had = (await commands()).length
  await again()
  await until(async () => (await waiting()) === 0)
  await g.actor.settle()
  expect((await fires(rule_id)).map((f) => [f.facts.includes('72.0 ppm'), f.acts.map((a) => [a.kind, a.state])])).toEqual([[true, [['alarm', 'done'], ['command', 'failed'], ['notify', 'done']]]])
  await again()
  await client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: at + 3004, co: 74 }), { qos: 1 })
  await g.actor.settle()
  expect((await fires(rule_id)).map((f) => [f.did, f.acts.map((a) => a.kind)])[0]).toEqual(['仍然如此:命令「开风机」', ['command']])
  await client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: at + 3005, co: 75 }), { qos: 1 })
  await g.actor.settle()
  expect([(await fires(rule_id)).length, (await commands()).length, (await alarms(rule_id))[0]!.times_count]).toEqual([2, had + 1, 1])
  // What it gave then, it takes back.
  await until(async () => (await commands()).every((c) => !c.running))
  await client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: at + 3006, co: 5 }), { qos: 1 })
  await g.actor.settle()
  expect([(await fires(rule_id))[0]!.did, (await alarms(rule_id))[0]!.state]).toEqual(['恢复:命令「关风机」', 'cleared'])
  await foreman()(iot.disposeAlarm, { alarm_id: (await alarms(rule_id))[0]!.alarm_id, disposal: '已通风' })
  await stopAll()
})
it('of a limit that is passed the newest word is done once, however many before it the database refused', async () => {
  const rule_id = await rule('忙时越限', { trigger: co(), level: 'critical' })
  await owner.query(`create sequence busy; grant usage on sequence busy to heyuan_app; create function busy_fire() returns trigger language plpgsql as $$ begin if nextval('public.busy') <= 1 then raise exception 'busy' using errcode = 'P0001'; end if; return new; end $$; create trigger busy_fire before insert on iot.rule_fire for each row execute function busy_fire()`)
  await say({ co: 70 })
  await g.actor.settle()
  expect([(await fires(rule_id)).length, await waiting()]).toEqual([0, 1])
  await say({ co: 71 })
  await g.actor.settle()
  expect([(await fires(rule_id)).map((f) => f.acts.map((a) => [a.kind, a.state === 'failed'])), await waiting()]).toEqual([[[['alarm', false], ['command', false]]], 0])
  await owner.query('drop trigger busy_fire on iot.rule_fire; drop function busy_fire; drop sequence busy')
  await say({ co: 5 })
  await g.actor.settle()
  await foreman()(iot.disposeAlarm, { alarm_id: (await alarms(rule_id))[0]!.alarm_id, disposal: '已通风' })
  await stopAll()
})
const spawned = (port: number, http: number, crash_at: string): ChildProcess => {
  const child = fork(join(process.cwd(), 'src/apps/gateway.ts'), { env: { ...process.env, HEYUAN_DATABASE_URL: t.url, HEYUAN_DATA: t.data_dir, HEYUAN_MODE: 'test', HEYUAN_LOG: 'quiet', HEYUAN_CRASH_AT: crash_at, HEYUAN_MQTT_PORT: String(port), HEYUAN_IOT_HTTP_PORT: String(http), HEYUAN_STATION_PORT: '0', HEYUAN_FIRE_PORT: '0', HEYUAN_FIRE_PRINTER_PORT: '0' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.add(child)
  return child
}
it('kill -9 between a limit that is passed and what follows: it is told by the next gateway, once, and moved by the next value that says so', { timeout: 120_000 }, async () => {
  const rule_id = await rule('越限被杀', { trigger: co(), level: 'critical', notify: 'handle' })
  await say({ co: 10 })
  await g.actor.settle()
  await client!.endAsync(true)
  await g.stop()
  const [port, http] = [await freePort(), await freePort()]
  const device_says = async (): Promise<MqttClient> => {
    const c = await mqtt.connectAsync({ host: '127.0.0.1', port, clientId: device.device_id, username: device.device_id, password: device.secret!, reconnectPeriod: 0, connectTimeout: 20_000 })
    c.on('error', () => {})
    c.on('message', (topic) => void c.publish(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 }))
    await c.subscribeAsync(`v1/${device.device_id}/cmd/#`)
    return c
  }
  // Passed and left again: one message of two, stored together, and the gateway dies before it has judged either.
  const ts = Date.now()
  const say_it = async (c: MqttClient, o: object, qos: 0 | 1): Promise<void> => void (await c.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify(o), { qos }))
  const had = (await commands()).length
  const first = spawned(port, http, 'iot.stored')
  const gone = new Promise((done) => first.once('exit', (_code, signal) => done(signal)))
  await new Promise((ready) => first.once('message', ready))
  // It does not send it again: what is stored is all that there is.
  await say_it(await device_says(), [{ ts, co: 70 }, { ts: ts + 1, co: 10 }], 0)
  expect(await gone).toBe('SIGKILL')
  expect(await waiting()).toBe(1)
  const second = spawned(port, http, '')
  const ended = new Promise((done) => second.once('exit', done))
  await new Promise((ready) => second.once('message', ready))
  await until(async () => (await fires(rule_id)).length === 1 && (await waiting()) === 0)
  expect((await fires(rule_id)).map((f) => f.acts.map((a) => [a.kind, a.state, a.told]))).toEqual([[['alarm', 'done', null], ['command', 'failed', '未执行:网关重启'], ['notify', 'done', null]]])
  const back = await device_says()
  await say_it(back, { ts: ts + 5, co: 71 }, 1)
  await until(async () => (await fires(rule_id)).length === 2)
  expect((await fires(rule_id))[0]!.acts.map((a) => a.kind)).toEqual(['command'])
  expect((await commands()).length).toBe(had + 1)
  await back.endAsync(true)
  second.kill('SIGTERM')
  await ended
  await start()
  await connect()
  await say({ co: 5 })
  await g.actor.settle()
  await foreman()(iot.disposeAlarm, { alarm_id: (await alarms(rule_id))[0]!.alarm_id, disposal: '已通风' })
  await stopAll()
})
it('kill -9 after the store, and after the deed: each event is acted on once', { timeout: 120_000 }, async () => {
  const rule_id = await rule('手报通知', { notify: 'handle', level: 'major' })
  await client!.endAsync(true)
  await g.stop()
  const [port, http] = [await freePort(), await freePort()]
  const device_says = mqtt.connect({ host: '127.0.0.1', port, clientId: device.device_id, username: device.device_id, password: device.secret!, reconnectPeriod: 200, connectTimeout: 20_000 })
  device_says.on('error', () => {})
  // Sent again until it is acknowledged, as devices do.
  const publish = (id: string): Promise<void> => new Promise((done) => device_says.publish(`v1/${device.device_id}/event`, JSON.stringify({ id, ts: Date.now(), kind: 'hello' }), { qos: 1 }, () => done()))
  const acked: Promise<void>[] = []
  // The second dies of what the first has left, as soon as it has made up for it.
  for (const [at, id] of [['iot.stored', 'kill-1'], ['iot.acted', null], ['iot.acted', 'kill-2']] as const) {
    const gateway = spawned(port, http, at)
    const gone = new Promise((done) => gateway.once('exit', (_code, signal) => done(signal)))
    if (id) acked.push(publish(id))
    expect(await gone).toBe('SIGKILL')
  }
  const last = spawned(port, http, '')
  const ended = new Promise((done) => last.once('exit', done))
  await Promise.all(acked)
  await until(async () => (await waiting()) === 0)
  expect((await fires(rule_id)).map((f) => f.acts.filter((a) => a.kind === 'notify').length)).toEqual([1, 1])
  const { rows } = await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from messages.message where company_id = ${s.company_id} and template = 'iot_rule' and title like '%手报通知%' group by account_id`.execute(s.db))
  expect(new Set(rows.map((r) => r.n))).toEqual(new Set([2]))
  await device_says.endAsync(true)
  last.kill('SIGTERM')
  await ended
  await start()
  await connect()
})
