// A resident stands before a wall with a label: it names the place of his own community, and nothing else.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { rounds } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let zhang: Caller
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
}, 180_000)

test('the label on the wall names its place; a code of the screen, a retired one, another house or community name none', async () => {
  const admin = t.as('admin')
  const point = (name: string, place: string, proof: 'scan' | 'screen', retired = false) => admin(rounds.savePoint, { community_id: w.community_id, building_id: null, name, place, proof, nfc_id: null, retired })
  for (const [name, place, proof, retired] of [['地下车库东口', '负一层东坡道', 'scan', false], ['2 号楼道', '2 号楼道', 'scan', false], ['消控室', '一层', 'screen', false], ['旧岗亭', '西门', 'scan', true]] as const) await point(name, place, proof, retired)
  const codes = new Map((await admin(rounds.points, { page_size: 50 })).rows.map((p) => [p.name, p.code]))
  const house_id = w.houses['1-1-101']!
  const ask = (code: string, house = house_id) => zhang(rounds.placeScanned, { house_id: house, code })
  expect(await ask(`HY1:${codes.get('地下车库东口')!}`)).toEqual({ place: '负一层东坡道 地下车库东口' })
  expect(await ask(codes.get('2 号楼道')!.toLowerCase())).toEqual({ place: '2 号楼道' })
  for (const code of [codes.get('消控室')!, codes.get('旧岗亭')!, 'ABCDEFGH']) await expectRefused(ask(code), 'rounds.place_unknown')
  await expectRefused(ask(codes.get('2 号楼道')!, w.houses['1-1-102'] ?? Object.values(w.houses).at(-1)!), 'kernel.not_found')
  await expectRefused(admin(rounds.placeScanned, { house_id, code: 'ABCDEFGH' }), 'kernel.forbidden')
})
