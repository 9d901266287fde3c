// A rule that tells devices of other products: all of a community or a building, or named ones; each for itself, taken back when it is over, and within what its writer may do by hand.
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { identity } from '../../../identity/contract.ts'
import { iot, type OtherCommand, type RuleBody } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
const products = new Map<string, string>()
interface Thing { device_id: string; secret: string; does: (command: string) => object | null; client?: MqttClient; heard: string[] }
const things = new Map<string, Thing>()
const register = (no: string, code: string, building_id: string | null = null) => t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id, place: '大堂', product_id: products.get(code)!, no, name: `设备${no}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
async function connect(no: string, state: object): Promise<void> {
  const x = things.get(no)!
  const client = (x.client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: x.device_id, username: x.device_id, password: x.secret, reconnectPeriod: 0, connectTimeout: 20_000 }))
  client.on('message', (topic, b) => {
    const c = JSON.parse(b.toString()) as { command: string; arg?: number | null }
    x.heard.push(typeof c.arg === 'number' ? `${c.command} ${c.arg}` : c.command)
    client.publish(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 })
    const next = x.does(c.command)
    // The test may be over before the broker has said that it heard this.
    if (next) say(no, next).catch(() => {})
  })
  await client.subscribeAsync(`v1/${x.device_id}/cmd/#`)
  await say(no, state)
}
async function alive(no: string, code: string, building_id: string | null, state: object, does: Thing['does'] = () => null): Promise<void> {
  const d = await register(no, code, building_id)
  things.set(no, { device_id: d.device_id, secret: d.secret!, does, heard: [] })
  await g.reload()
  await connect(no, state)
}
const say = (no: string, o: object) => things.get(no)!.client!.publishAsync(`v1/${things.get(no)!.device_id}/telemetry`, JSON.stringify(o), { qos: 1 })
let told = 0
const smoke = async (no: string, active: boolean): Promise<void> => {
  await things.get(no)!.client!.publishAsync(`v1/${things.get(no)!.device_id}/event`, JSON.stringify({ id: `s${++told}`, ts: Date.now(), kind: 'smoke', data: { active } }), { qos: 1 })
  await g.actor.settle()
}
const other = (code: string, command: string, more: Partial<OtherCommand> = {}): OtherCommand => ({ product_id: products.get(code)!, where: 'community', device_ids: [], command, arg: null, back: null, ...more })
const rule = (name: string, others: OtherCommand[], more: Partial<RuleBody> = {}) => ({ name, product_id: products.get('smoke')!, community_id: w.community_id, device_id: null, body: { trigger: { kind: 'event' as const, event: 'smoke', over_s: 600 }, hours: null, cool_down_s: 0, level: null, order_category_id: null, command: null, back_command: null, scene_id: null, notify: null, webhook: false, others, ...more } satisfies RuleBody })
const fires = async (rule_id: string) => (await t.as('foreman')(iot.ruleFires, { rule_id })).rows

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  for (const p of (await t.as('foreman')(iot.products, {})).rows) products.set(p.code, p.product_id)
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  const lamp = (c: string): object | null => (c === 'turn_on' ? { on: 1 } : c === 'turn_off' ? { on: 0 } : null)
  await alive('YG-1', 'smoke', w.buildings['1']!, { alarm: 0 })
  await alive('LD-1', 'street_lamp', w.buildings['1']!, { on: 0 }, lamp)
  await alive('LD-2', 'street_lamp', null, { on: 0 }, lamp)
  await alive('FJ-1', 'co_garage', null, { fan: 1, co: 3 }, (c) => ({ fan: c === 'fan_on' ? 1 : 0 }))
  await register('LD-3', 'street_lamp')
  await g.tick()
}, 120_000)
afterAll(async () => {
  await Promise.all([...things.values()].map(async (x) => x.client?.endAsync(true)))
  await g?.stop()
})

it('smoke: the fan off, every lamp on, dimmed in the building; over again: back', async () => {
  const saved = await t.as('foreman')(iot.saveRule, rule('烟感联动', [
    other('co_garage', 'fan_off', { device_ids: [things.get('FJ-1')!.device_id], back: { command: 'fan_on', arg: null } }),
    other('street_lamp', 'turn_on', { back: { command: 'turn_off', arg: null } }),
    other('street_lamp', 'dim', { where: 'building', arg: 80 }),
  ]))
  expect((await t.as('foreman')(iot.rules, {})).rows.find((r) => r.rule_id === saved.rule_id)!.then_text).toBe('设备FJ-1「关风机」,恢复时「开风机」、同小区全部路灯控制器「开灯」,恢复时「关灯」、同楼栋全部路灯控制器「调光 80 %」')
  await g.reload()
  await smoke('YG-1', true)
  const acts = await until(async () => { const a = (await fires(saved.rule_id))[0]?.acts; return a?.every((x) => x.state !== 'sent') && a })
  expect(acts.map((a) => [a.what, a.state, a.told])).toEqual([
    ['命令:设备FJ-1「关风机」', 'done', '确认 1 台'],
    // The third lamp has never spoken.
    ['命令:同小区全部路灯控制器「开灯」', 'failed', '确认 2 台,未发出 1 台'],
    // Dimming is not read back: with the device's yes it is over, and no more is said.
    ['命令:同楼栋全部路灯控制器「调光 80 %」', 'done', '已应答 1 台'],
  ])
  expect([things.get('FJ-1')!.heard, things.get('LD-1')!.heard, things.get('LD-2')!.heard]).toEqual([['fan_off'], ['turn_on', 'dim 80'], ['turn_on']])
  // Also a gateway that begins anew gives back what it gave.
  await g.stop()
  await Promise.all([...things.values()].map((x) => x.client!.endAsync(true)))
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  for (const [no, state] of [['YG-1', { alarm: 0 }], ['FJ-1', { fan: 0 }], ['LD-1', { on: 1 }], ['LD-2', { on: 1 }]] as const) await connect(no, state)
  await g.tick()
  await smoke('YG-1', false)
  await until(async () => things.get('FJ-1')!.heard.includes('fan_on') && things.get('LD-2')!.heard.includes('turn_off') && things.get('LD-1')!.heard.includes('turn_off'))
  expect((await fires(saved.rule_id)).map((f) => f.did.slice(0, 3))).toEqual(['恢复:', '命令:'])
  await t.as('foreman')(iot.stopRule, { rule_id: saved.rule_id, stopped: true })
}, 90_000)
it('holds nothing that a person must decide, that the product does not take, that lies elsewhere, or that its writer may not do', async () => {
  const wrong = async (o: OtherCommand, more: Partial<RuleBody> = {}): Promise<void> => { await expectRefused(t.as('foreman')(iot.saveRule, rule('错', [o], more)), 'iot.rule_wrong') }
  await wrong(other('pump_room', 'stop1'))
  await wrong(other('nb_water', 'turn_on'))
  await wrong(other('street_lamp', 'nothing'))
  await wrong(other('street_lamp', 'dim', { arg: 200 }))
  await wrong(other('street_lamp', 'dim'))
  await wrong(other('street_lamp', 'turn_on', { device_ids: [things.get('FJ-1')!.device_id] }))
  // A moment has no end, nor has an event without a time.
  await wrong(other('street_lamp', 'turn_on', { back: { command: 'turn_off', arg: null } }), { trigger: { kind: 'event', event: 'smoke' } })
  const { rule_id } = await t.as('foreman')(iot.saveRule, rule('没有楼栋', [other('street_lamp', 'turn_on', { where: 'building' })]))
  await alive('YG-9', 'smoke', null, { alarm: 0 })
  await smoke('YG-9', true)
  const acts = await until(async () => (await fires(rule_id))[0]?.acts)
  expect(acts.map((a) => [a.state, a.told])).toEqual([['failed', '触发的设备没有登记在楼栋里']])
  await t.as('foreman')(iot.stopRule, { rule_id, stopped: true })
})
it('gives no command by a rule that its writer may not give by hand', async () => {
  const { role_id } = await t.as('admin')(identity.saveRole, { name: '只写规则', permissions: ['iot.device.read', 'iot.rule.write'] })
  const made = await t.as('admin')(identity.addMember, { name: '周写', login: 'zhou_xie', grants: [{ role_id, scope_kind: 'company', scope_ids: [] }] })
  const { session } = (await t.withToken(undefined)(identity.signIn, { login: 'zhou_xie', password: made.first_password })) as { session: { token: string } }
  await t.app.d.pool.query('update identity.account set must_change = false')
  const writer = t.withToken(session.token)
  await expectRefused(writer(iot.saveRule, rule('越权', [other('street_lamp', 'turn_on')])), 'iot.no_right_target')
  await expectRefused(writer(iot.saveRule, rule('越权', [other('co_garage', 'fan_off', { device_ids: [things.get('FJ-1')!.device_id] })])), 'iot.no_right_target')
  await expectRefused(writer(iot.saveRule, { ...rule('越权', [], { trigger: { kind: 'threshold', point: 'co', op: 'above', limit: 30, back: 20, for_s: 0 }, command: { device_id: null, command: 'fan_on', arg: null } }), product_id: products.get('co_garage')! }), 'iot.no_right_target')
  await writer(iot.saveRule, rule('只通知', [], { notify: 'handle' }))
})
