// A voice note and a video with a report: stored by what their bytes are, played by whoever may see the order, by nobody else; and the label of a device.
import { Readable } from 'node:stream'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { saveUpload } from '../../../kernel/files.ts'
import { equipment } from '../../equipment/contract.ts'
import { orders } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let zhang: Caller & { token: string }
let other: Caller & { token: string }
let kinds: Map<string, string>
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  other = await t.resident(PHONES.王五)
  kinds = new Map((await zhang(orders.categories, {})).rows.map((k) => [k.name, k.category_id]))
}, 120_000)

const WEBM = Buffer.concat([Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex'), Buffer.alloc(64)])
const MP4 = Buffer.concat([Buffer.from('00000020', 'hex'), Buffer.from('ftypisom'), Buffer.alloc(64)])
const MOV = Buffer.concat([Buffer.from('00000014', 'hex'), Buffer.from('ftypqt  '), Buffer.alloc(64)])
const HEIC = Buffer.concat([Buffer.from('00000018', 'hex'), Buffer.from('ftypheic'), Buffer.alloc(64)])
async function up(who: { token: string }, purpose: string, body: Buffer): Promise<string> {
  const known = (await t.app.whoIs(who.token, { ip: '127.0.0.1', agent: null, face: 'resident' }))!
  return (await saveUpload(t.app, known, { purpose, name: 'a', body: Readable.from(body) })).file_id
}
const report = (clips: { file_id: string; seconds: number }[], more: object = {}) => zhang(orders.report, { house_id: w.houses['1-1-101']!, category_id: kinds.get('水龙头、洁具')!, words: '见语音', clips, ...more })

test('one voice note and one video, by the order alone', async () => {
  const [voice, video] = [await up(zhang, 'voice', WEBM), await up(zhang, 'video', MOV)]
  const { order_id } = await report([{ file_id: voice, seconds: 12 }, { file_id: video, seconds: 30 }])
  const o = await t.as('service')(orders.order, { order_id })
  expect(o.steps[0]!.clips).toEqual([{ kind: 'video', file_id: video, seconds: 30 }, { kind: 'voice', file_id: voice, seconds: 12 }].toSorted((a, b) => a.kind.localeCompare(b.kind)))
  expect((await zhang(orders.myOrder, { order_id })).steps[0]!.clips).toHaveLength(2)
  for (const [file_id, type] of [[voice, 'audio/webm'], [video, 'video/mp4']] as const) expect(await t.as('service')(orders.clip, { order_id, file_id })).toMatchObject({ type })
  await expectRefused(other(orders.clip, { order_id, file_id: voice }), 'kernel.not_found')
  const { order_id: second } = await report([])
  await expectRefused(zhang(orders.clip, { order_id: second, file_id: voice }), 'kernel.not_found')
})
test('only what browsers play, of the right kind and length, from whoever sent it up', async () => {
  for (const [purpose, body] of [['voice', Buffer.from('no sound at all')], ['video', HEIC], ['voice', Buffer.from('#!AMR\n'.padEnd(40))]] as const) await expectRefused(report([{ file_id: await up(zhang, purpose, body), seconds: 5 }]), 'orders.no_clip')
  await expectRefused(report([{ file_id: await up(zhang, 'photo', MP4), seconds: 5 }]), 'orders.no_clip')
  await expectRefused(report([{ file_id: await up(other, 'video', MP4), seconds: 5 }]), 'orders.no_clip')
  await expectRefused(report([{ file_id: await up(zhang, 'video', MP4), seconds: 31 }]), 'orders.no_clip')
  await expectRefused(report([{ file_id: await up(zhang, 'video', MP4), seconds: 5 }, { file_id: await up(zhang, 'video', WEBM), seconds: 5 }]), 'orders.no_clip')
  await expect(up(zhang, 'voice', Buffer.concat([WEBM, Buffer.alloc(2 * 1024 * 1024)]))).rejects.toMatchObject({ code: 'kernel.too_large' })
})
test('a resident scans the label of a device in his community', async () => {
  const boss = t.as('admin')
  const { rows } = await boss(equipment.categories, {})
  const kind = rows.find((k) => k.parent_id !== null)!
  const none = { install: null, repair: null, replace: null }
  const { equipment_id, code } = await boss(equipment.saveDevice, { community_id: w.community_id, category_id: kind.category_id, place: '大门岗亭', name: '车辆道闸', zone_id: null, building_id: null, unit_id: null, area_id: null, parent_id: null, keeper_id: null, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: null, warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, details: {}, standards: none, note: null })
  expect(await zhang(orders.scanned, { house_id: w.houses['1-1-101']!, code: `HY1:${code}` })).toEqual(expect.objectContaining({ equipment_id, place: '大门岗亭 车辆道闸' }))
  const { order_id } = await report([], { category_id: kinds.get('单元门、道闸')!, code })
  expect(await t.as('service')(orders.order, { order_id })).toMatchObject({ place: '大门岗亭 车辆道闸', equipment: { equipment_id, stopped: false } })
  await expectRefused(report([], { code }), 'orders.equipment_public')
  await expectRefused(zhang(orders.scanned, { house_id: w.houses['1-1-101']!, code: 'ABCDEFGH' }), 'equipment.code_unknown')
  await expectRefused(other(orders.scanned, { house_id: w.houses['1-1-101']!, code }), 'kernel.not_found')
})
