// An acknowledged event never loses its alarm: not by a gateway that is killed after it was stored, nor by a database that gives way to somebody else (IOT-05, H5).
import mqtt, { type MqttClient } from 'mqtt'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testApp, type TestApp } from '../../../../../tests/harness.ts'
import { oneDevice } from '../../../../../tests/one_device.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { iot } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let owner: pg.Client
let device: { device_id: string; secret: string | null }
let client: MqttClient | undefined
let no = 0
const start = async (): Promise<void> => { g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} }) }
const connect = async (): Promise<void> => {
  await client?.endAsync(true)
  client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: device.device_id, username: device.device_id, password: device.secret!, reconnectPeriod: 0, connectTimeout: 20_000 })
}
/** Answered when the gateway has acknowledged it. */
const tell = (kind: string, active = true) => client!.publishAsync(`v1/${device.device_id}/event`, JSON.stringify({ id: `e${++no}`, ts: Date.now() + no, kind, data: { active } }), { qos: 1 })
const alarms = async (kind: string) => (await t.as('foreman')(iot.alarms, { page_size: 50 })).rows.filter((a) => a.kind === kind)
const waiting = () => t.inside(async (s) => (await sql`select key from iot.event_due where company_id = ${s.company_id}`.execute(s.db)).rows.length)
/** From here on the database refuses the next alarms: so many times, with this code. */
const refuse = (code: string, times: number) => owner.query(`drop sequence if exists refused cascade; create sequence refused; grant usage on sequence refused to heyuan_app;
  create or replace function refuse_alarm() returns trigger language plpgsql as $$ begin if nextval('public.refused') <= ${times} then raise exception 'busy' using errcode = '${code}'; end if; return new; end $$;
  create or replace trigger refuse_alarm before insert on iot.alarm for each row execute function refuse_alarm()`)

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  owner = new pg.Client(t.url)
  await owner.connect()
  const event = (key: string, name: string, level: 'notice' | 'critical') => ({ key, name, level })
  device = await oneDevice(t, w, { no: 'DT-1', name: '电梯', place: '机房', model: () => ({ events: [event('trapped', '困人', 'critical'), event('leak', '漏水', 'critical'), event('hello', '开机', 'notice')] }) })
  await start()
  await connect()
}, 120_000)
afterAll(async () => {
  await client?.endAsync(true)
  await g?.stop()
  await owner?.end()
})

it('in the usual way nothing is left to make up for', async () => {
  await tell('trapped')
  await tell('hello')
  await g.actor.settle()
  expect([(await alarms('trapped')).length, (await alarms('hello')).length, await waiting()]).toEqual([1, 0, 0])
  await tell('trapped', false)
  await g.actor.settle()
  expect([(await alarms('trapped'))[0]!.cleared_at === null, await waiting()]).toEqual([false, 0])
})
it('a gateway that dies between the acknowledgement and the alarm raises it at its next start, once; what is over by then is over', async () => {
  // As if it were killed as soon as the device has its answer.
  g.pipeline.onStored = undefined
  await tell('leak')
  await tell('trapped')
  await tell('trapped', false)
  expect([(await alarms('leak')).length, await waiting()]).toEqual([0, 3])
  await g.stop()
  await start()
  await until(async () => (await waiting()) === 0)
  await g.actor.settle()
  expect(await alarms('leak')).toMatchObject([{ level: 'critical', times_count: 1, cleared_at: null }])
  expect((await alarms('trapped'))[0]).toMatchObject({ times_count: 2 })
  expect((await alarms('trapped'))[0]!.cleared_at).not.toBeNull()
  await g.stop()
  await start()
  await g.reload()
  await g.actor.settle()
  expect(await alarms('leak')).toMatchObject([{ times_count: 1 }])
  await connect()
})
it('what the database gave way to somebody else for is done again; what it refuses waits for the next turn and says when it came', async () => {
  const { alarm_id } = (await alarms('leak'))[0]!
  await t.as('foreman')(iot.disposeAlarm, { alarm_id, disposal: '已关阀' })
  const fresh = async () => (await alarms('leak')).filter((a) => a.alarm_id !== alarm_id)
  await refuse('40P01', 2)
  await tell('leak')
  await g.actor.settle()
  const second = await fresh()
  expect([second.length, await waiting()]).toEqual([1, 0])
  await t.as('foreman')(iot.disposeAlarm, { alarm_id: second[0]!.alarm_id, disposal: '已关阀' })
  await refuse('P0001', 1)
  await tell('leak')
  await g.actor.settle()
  expect([(await fresh()).length, await waiting()]).toEqual([1, 1])
  await owner.query(`update iot.event set received_at = received_at - interval '5 minutes' where key in (select key from iot.event_due)`)
  await g.reload()
  await g.actor.settle()
  const third = (await fresh()).find((a) => a.alarm_id !== second[0]!.alarm_id)!
  expect((await t.as('foreman')(iot.alarm, { alarm_id: third.alarm_id })).facts).toContainEqual(expect.objectContaining({ name: '补记' }))
})
it('a fault that could not be written is written with the next value that says so', async () => {
  await refuse('P0001', 1)
  const say = () => client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now() + ++no, fault: 1 }), { qos: 1 })
  await say()
  await g.actor.settle()
  expect(await alarms('fault')).toHaveLength(0)
  await say()
  await g.actor.settle()
  await say()
  await g.actor.settle()
  expect(await alarms('fault')).toMatchObject([{ times_count: 1 }])
})
it('a rule whose deed could not be written fires with the next value that says so', async () => {
  const { rule_id } = await t.as('foreman')(iot.saveRule, { name: '一氧化碳高', product_id: g.registry.devices.get(device.device_id)!.product_id, community_id: null, device_id: device.device_id, body: { trigger: { kind: 'threshold', point: 'co', op: 'above', limit: 50, back: 40, for_s: 0 }, hours: null, cool_down_s: 0, level: 'critical', order_category_id: null, command: null, back_command: null, scene_id: null, notify: null, webhook: false } })
  await g.actor.loadAll()
  await refuse('P0001', 1)
  const say = async (): Promise<number> => {
    await client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify({ ts: Date.now() + ++no, co: 60 + no }), { qos: 1 })
    await g.actor.settle()
    return (await alarms(`rule:${rule_id}`)).length
  }
  expect([await say(), await say(), await say()]).toEqual([0, 1, 1])
})
