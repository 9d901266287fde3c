// A range that is held: two rules underneath, each with its hysteresis; shown, changed and taken back on one page. That rules switch there and back is acts.test.ts.
import { beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { iot } from '../contract.ts'

let t: TestApp
let w: TinyWorld
const of: Record<string, string> = {}
const NONE = { high: null, high_back: null, low: null, low_back: null, for_s: 60, level: null, actor_id: null, high_on: null, high_off: null, low_on: null, low_off: null } as const
const value = async (no: string, point: string) => (await t.as('foreman')(iot.environment, { community_id: w.community_id })).rows.find((r) => r.device_id === of[no])!.values.find((v) => v.point === point)!
const rules = async () => (await t.as('foreman')(iot.rules, {})).rows.filter((r) => r.body.held)

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  const products = new Map((await t.as('foreman')(iot.products, {})).rows.map((p) => [p.code, p.product_id]))
  for (const [no, code] of [['KQ-1', 'air'], ['CK-1', 'co_garage'], ['SB-1', 'pump_room'], ['LD-1', 'street_lamp']] as const)
    of[no] = (await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '大厅', product_id: products.get(code)!, no, name: no, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })).device_id
}, 120_000)

it('shows what the places measure, and by what they may be held', async () => {
  const { rows } = await t.as('foreman')(iot.environment, {})
  expect(rows.map((r) => [r.name, r.values.map((v) => v.point), r.may_hold])).toEqual([['CK-1', ['co'], true], ['KQ-1', ['pm25', 'pm10', 'co2', 'temp', 'hum'], true]])
  // Nothing that endangers somebody, and nothing that wants a number.
  const { rows: actors } = await t.as('foreman')(iot.actors, { device_id: of['CK-1']! })
  expect(actors.map((a) => [a.name, a.commands.map((c) => c.key)])).toEqual([['CK-1', ['fan_on', 'fan_off']], ['LD-1', ['turn_on', 'turn_off']]])
})
it('a range is two rules; changed, they have a new version; without limits they are stopped', async () => {
  const range = { ...NONE, device_id: of['KQ-1']!, point: 'co2', high: 1000, high_back: 800, low: 350, level: 'minor' as const, actor_id: of['CK-1']!, high_on: 'fan_on', high_off: 'fan_off' }
  expect(await t.as('foreman')(iot.saveHeld, range)).toEqual({ rule_count: 2 })
  expect((await rules()).map((r) => [r.name, r.when_text, r.then_text, r.version_no])).toEqual([['保持 KQ-1 二氧化碳 上限', '二氧化碳高于 1000 ppm 持续 60 秒,回到 800 ppm 恢复', '一般报警、CK-1 命令「开风机」、恢复时CK-1 命令「关风机」', 1], ['保持 KQ-1 二氧化碳 下限', '二氧化碳低于 350 ppm 持续 60 秒,回到 350 ppm 恢复', '一般报警', 1]])
  expect(await value('KQ-1', 'co2')).toMatchObject({ held_text: '350 ppm 至 1000 ppm,自动调节', held: { high: 1000, high_back: 800, low: 350, actor_id: of['CK-1'], high_on: 'fan_on' } })
  expect((await value('KQ-1', 'temp')).held).toBeNull()
  await t.as('foreman')(iot.saveHeld, { ...range, high: 900, low: null })
  expect((await rules()).map((r) => [r.body.trigger, r.version_no, r.stopped])).toEqual([[expect.objectContaining({ limit: 900 }), 2, false], [expect.objectContaining({ limit: 350 }), 1, true]])
  expect(await t.as('foreman')(iot.saveHeld, { ...NONE, device_id: of['KQ-1']!, point: 'co2' })).toEqual({ rule_count: 0 })
  expect((await value('KQ-1', 'co2')).held).toBeNull()
  // Set again: the stopped ones keep their names.
  await t.as('foreman')(iot.saveHeld, range)
  expect((await rules()).filter((r) => !r.stopped)).toHaveLength(2)
})
it('says what is wrong with a range', async () => {
  const at = { ...NONE, device_id: of['KQ-1']!, point: 'temp', level: 'minor' as const }
  await expectRefused(t.as('foreman')(iot.saveHeld, { ...at, high: 18, low: 26 }), 'iot.rule_wrong')
  await expectRefused(t.as('foreman')(iot.saveHeld, { ...at, high: 26, high_back: 28 }), 'iot.rule_wrong')
  await expectRefused(t.as('foreman')(iot.saveHeld, { ...at, high: 26, level: null }), 'iot.rule_wrong')
  // Pumps are started by people.
  await expectRefused(t.as('foreman')(iot.saveHeld, { ...at, high: 26, actor_id: of['SB-1']!, high_on: 'start1' }), 'iot.rule_wrong')
  await expectRefused(t.as('cashier')(iot.saveHeld, { ...at, high: 26 }), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(iot.saveHeld, { ...at, high: 26 }), 'kernel.not_found')
})
