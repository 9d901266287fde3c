// Signing house by house, and what residents see: the rate counts who is asked, a house signs once, a file of signed houses goes in and out again, owners see what is posted and their own.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { contracts as api } from '../contract.ts'
import { property } from '../../property/contract.ts'
import { setClock } from '../../../kernel/clock.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { draftOf, fileOf, inForce, type Hand } from '../../../../tests/contracts_kit.ts'
import { applied, previewed, problemsOf, table, undone } from '../../../../tests/import_kit.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'

let t: TestApp
let w: TinyWorld
let boss: Hand
let covenant: string
let no: string
const NOON = '2026-03-05T04:00:00.000Z'
const house = (label: string): string => w.houses[label]!
const sign = (label: string, contract_id = covenant, signer_name = '某业主') => boss(api.signHouse, { contract_id, house_id: house(label), signed_on: '2026-03-01', signer_name })
const rate = async (contract_id = covenant) => (await boss(api.rates, {})).rows.find((r) => r.contract_id === contract_id)

beforeAll(async () => {
  setClock(NOON)
  t = await testApp()
  w = await tinyWorld(t)
  boss = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  covenant = await inForce(t, boss, w.community_id, { kind: 'covenant_interim', title: '花园小区临时管理规约', to_on: null })
  no = (await boss(api.contract, { contract_id: covenant })).no
}, 120_000)
beforeEach(() => setClock(NOON))

test('who is asked: dwellings, shops and offices of the community, not garages, bays and the unsold', async () => {
  // 12 + 2 dwellings less the unsold one, and the shop.
  const d = await boss(api.signing, { contract_id: covenant, page_size: 50 })
  expect(d).toMatchObject({ house_count: 14, signed_count: 0, rate_bp: 0, total: 14 })
  expect(d.rows.map((r) => r.label)).not.toContain('1-2-302')
  expect(d.rows.map((r) => r.label)).toContain('S-01')
  await expectRefused(sign('P1-001'), 'contracts.house_not_asked')
  await expectRefused(sign('1-2-302'), 'contracts.house_not_asked')
  expect((await boss(api.houseContracts, { house_id: house('1-1-101') })).rows).toMatchObject([{ how: 'unsigned' }])
  expect((await boss(api.houseContracts, { house_id: house('P1-001') })).rows).toEqual([])
})

test('a house signs once, also by eight at once; voiding sets it free', async () => {
  await expectRefused(boss(api.signHouse, { contract_id: covenant, house_id: house('1-1-101'), signed_on: '2026-03-06', signer_name: '张三' }), 'contracts.day_future')
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => sign('1-1-101', covenant, '张三')))
  expect(tries.filter((x) => x.status === 'fulfilled')).toHaveLength(1)
  for (const x of tries) if (x.status === 'rejected') expect((x.reason as { code: string }).code).toBe('contracts.signed_already')
  expect(await rate()).toMatchObject({ house_count: 14, signed_count: 1, unsigned_count: 13, rate_bp: 714 })
  const { signature_id } = (tries.find((x) => x.status === 'fulfilled') as PromiseFulfilledResult<{ signature_id: string }>).value
  await boss(api.addSignatureFile, { signature_id, file_id: await fileOf(t, boss) })
  await expectRefused(boss(api.addSignatureFile, { signature_id, file_id: await fileOf(t, boss) }), 'contracts.has_file')
  expect((await boss(api.signing, { contract_id: covenant, state: 'signed' })).rows).toMatchObject([{ label: '1-1-101', owners: '张三', has_file: true }])
  await boss(api.voidSignature, { signature_id, reason: '签错了' })
  await expectRefused(boss(api.voidSignature, { signature_id, reason: '再来' }), 'contracts.signature_over')
  expect((await rate())!.signed_count).toBe(0)
  await sign('1-1-101', covenant, '张三')
  expect((await boss(api.signing, { contract_id: covenant, state: 'unsigned', page_size: 50 })).rows.map((r) => r.label)).not.toContain('1-1-101')
})

test('a file of signed houses goes in once, says what is wrong, and is taken back', async () => {
  const kind = 'contracts.signatures'
  const HEAD = ['合同编号', '房号', '签署日期', '签署人']
  const parties = await boss(api.contract, { contract_id: await inForce(t, boss, w.community_id, { title: '不逐户签' }) })
  const bad = await previewed(t, { kind, community_id: w.community_id, bytes: await table(HEAD, [['HT2099-000001', '1-1-201', '2026-03-01', '孙七'], [no, '9-9-909', '2026-03-01', '谁'], [no, '1-1-101', '2026-02-01', '李四'], [no, 'P1-001', '2026-03-01', '张三'], [no, '1-1-202', '2026-03-09', '某人'], [parties.no, '1-1-201', '2026-03-01', '孙七'], [no, '乱写', '', '']]) })
  expect(await problemsOf(t, bad.import_id)).toEqual(expect.arrayContaining([
    expect.stringContaining('没有编号为 HT2099-000001 的合同'), expect.stringContaining('本小区没有 9-9-909'), expect.stringContaining('1-1-101 已于 2026-03-01 由 张三 签署'), expect.stringContaining('P1-001 不在'), expect.stringContaining('2026-03-09 晚于今天'), expect.stringContaining('由当事人签署,不逐户登记'), expect.stringContaining('「乱写」不是完整的房号'), expect.stringContaining('签署人是空的'),
  ]))
  const rows = [[no.toLowerCase(), '1栋1单元102', '2026-03-02', '王五'], [no, '1-1-201', '2026/3/3', '孙七'], [no, '1-1-101', '2026-03-01', '张三']]
  const done = await applied(t, { kind, community_id: w.community_id, bytes: await table(HEAD, rows) })
  expect(await problemsOf(t, done.import_id)).toEqual([])
  expect((await rate())!.signed_count).toBe(3)
  await undone(t, done.import_id)
  expect((await rate())!.signed_count).toBe(1)
  // Who signs at a renovation is listed by the file, and taken off again.
  const works = await inForce(t, boss, w.community_id, { kind: 'renovation', title: '装修管理服务协议', to_on: null })
  const works_no = (await boss(api.contract, { contract_id: works })).no
  const second = await applied(t, { kind, community_id: w.community_id, bytes: await table(HEAD, [[works_no, '1-1-201', '2026-03-03', '孙七']]) })
  expect(await rate(works)).toMatchObject({ house_count: 1, signed_count: 1, rate_bp: 10_000 })
  await undone(t, second.import_id)
  expect(await rate(works)).toMatchObject({ house_count: 0, signed_count: 0, rate_bp: null })
  await sign('2-1-101', works)
  expect(await rate(works)).toMatchObject({ house_count: 1, signed_count: 1 })
})

test('houses listed at the contract are the ones asked; what is not in force is not signed', async () => {
  const some = await inForce(t, boss, w.community_id, { kind: 'service_agreement', title: '二号楼服务协议', house_ids: [house('2-1-101'), house('2-1-102')] })
  await expectRefused(sign('1-1-101', some), 'contracts.house_not_asked')
  await sign('2-1-101', some)
  expect(await rate(some)).toMatchObject({ house_count: 2, signed_count: 1, rate_bp: 5000 })
  const { contract_id } = await draftOf(boss, w.community_id, { kind: 'service_agreement', title: '草稿' })
  await expectRefused(sign('2-1-101', contract_id), 'contracts.not_in_force')
  await lasting(t)
  setClock('2027-01-02T04:00:00.000Z')
  await expectRefused(sign('2-1-102', some), 'contracts.not_in_force')
})

test('which communities have a contract in force is counted from the contracts', async () => {
  const other = await t.as('admin')(property.saveCommunity, { name: '新城小区', kind: 'estate', address: '眉县新城路 2 号', district: '眉县', land_mu: '20', built_area_m2: '30000', green_area_m2: '3000', service_phone: '0917-5550001', start_rule: 'delivery_day' })
  expect(other.community_id).toBeTruthy()
  const of = async (name: string) => (await t.as('admin')(api.rates, {})).coverage.find((c) => c.name === name)!
  expect(await of('临时管理规约')).toMatchObject({ community_count: 2, covered_count: 1, missing: ['新城小区'] })
  setClock('2027-01-02T04:00:00.000Z')
  expect(await of('物业服务合同')).toMatchObject({ covered_count: 0, missing: ['新城小区', '花园小区'] })
})

test('owners see what is posted of their community while it is in force, and what they signed themselves', async () => {
  const contract_id = await inForce(t, boss, w.community_id, { title: '花园小区物业服务合同' })
  const { paper_id } = await boss(api.addPaper, { contract_id, role: 'annex', title: '服务标准', file_id: await fileOf(t, boss) })
  const [zhang, li, zhou] = [await t.resident(PHONES.张三), await t.resident(PHONES.李四), await t.resident(PHONES.周八)]
  expect((await zhang(api.myContracts, {})).posted).toEqual([])
  await expectRefused(zhang(api.myPaperFile, { paper_id }), 'kernel.not_found')
  await boss(api.postPaper, { paper_id, post_note: '二级服务标准' })
  await expectRefused(boss(api.postPaper, { paper_id }), 'contracts.posted_already')
  for (const who of [zhang, li, zhou]) expect((await who(api.myContracts, {})).posted).toMatchObject([{ title: '花园小区物业服务合同', parties: ['花园小区业主大会', '安居物业'], papers: [{ paper_id, post_note: '二级服务标准', posted_on: '2026-03-05' }] }])
  expect(((await li(api.myPaperFile, { paper_id })) as unknown as { type: string }).type).toBe('application/pdf')
  // 张三 signed for 1-1-101; his tenant does not see it, nor a neighbour.
  const mine = (await zhang(api.myContracts, {})).signed
  expect(mine).toMatchObject([{ house_label: '1-1-101', signer_name: '张三', has_file: false }])
  expect((await li(api.myContracts, {})).signed).toEqual([])
  const { rows } = await boss(api.signing, { contract_id: covenant, state: 'signed' })
  await boss(api.addSignatureFile, { signature_id: rows[0]!.signature_id!, file_id: await fileOf(t, boss) })
  expect(((await zhang(api.mySignatureFile, { signature_id: rows[0]!.signature_id! })) as unknown as { type: string }).type).toBe('application/pdf')
  for (const who of [li, zhou]) await expectRefused(who(api.mySignatureFile, { signature_id: rows[0]!.signature_id! }), 'kernel.not_found')
  // A lease with a person: his own to see, with its signed paper, and nobody else's.
  const lease = await inForce(t, boss, w.community_id, { kind: 'parking_lease', title: '车位租约', parties: [{ side: 'a', name: '安居物业' }, { side: 'b', person_id: w.persons['周八']! }] })
  const paper = (await boss(api.contract, { contract_id: lease })).papers[0]!
  expect((await zhou(api.myContracts, {})).mine).toMatchObject([{ title: '车位租约', papers: [{ paper_id: paper.paper_id }] }])
  expect((await zhang(api.myContracts, {})).mine).toEqual([])
  await expectRefused(zhang(api.myPaperFile, { paper_id: paper.paper_id }), 'kernel.not_found')
  await zhou(api.myPaperFile, { paper_id: paper.paper_id })
  await expectRefused(boss(api.postPaper, { paper_id: paper.paper_id }), 'contracts.not_public')
  // A resident of no house here, and a day on which it is over.
  await boss(api.withdrawPaper, { paper_id, reason: '换上新版' })
  await expectRefused(zhang(api.myPaperFile, { paper_id }), 'kernel.not_found')
  await boss(api.postPaper, { paper_id })
  await lasting(t)
  setClock('2027-01-01T04:00:00.000Z')
  expect((await zhang(api.myContracts, {})).posted).toEqual([])
  await expectRefused(zhang(api.myPaperFile, { paper_id }), 'kernel.not_found')
})

test('signatures stay in their community and their company', async () => {
  const { signature_id } = await sign('1-2-101')
  await boss(api.addSignatureFile, { signature_id, file_id: await fileOf(t, boss) })
  const elsewhere = await t.hire('manager', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  for (const who of [elsewhere, t.as('other_admin')]) for (const call of [() => who(api.signing, { contract_id: covenant }), () => who(api.signatureFile, { signature_id }), () => who(api.voidSignature, { signature_id, reason: '不该能' }), () => who(api.signHouse, { contract_id: covenant, house_id: house('1-2-102'), signed_on: '2026-03-01', signer_name: 'x' })]) await expectRefused(call(), 'kernel.not_found')
  await expectRefused(t.as('visitor')(api.voidSignature, { signature_id, reason: '不该能' }), 'kernel.forbidden')
})
