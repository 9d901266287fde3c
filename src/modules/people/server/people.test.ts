import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { identity } from '../../identity/contract.ts'
import { property } from '../../property/contract.ts'
import { people } from '../contract.ts'
import { checkPeopleForHouses, createPeopleForHouses, undoPeople, type HousePeopleIn } from './index.ts'

let t: TestApp
let w: TinyWorld
let service: Caller
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  service = t.as('service')
})
const payers = async (label: string, fee_class: 'property' | 'use' = 'property') => (await service(people.houseFile, { house_id: w.houses[label]! })).payers.filter((p) => p.fee_class === fee_class).map((p) => `${p.name} ${p.from_on}..${p.to_on ?? ''}`)
const owner = (name: string, share_num = 1, share_den = 1) => ({ person: { name, phone: null }, share_num, share_den })

describe('the file of a house', () => {
  test('names owners, tenants, vehicles and who pays', async () => {
    const f = await service(people.houseFile, { house_id: w.houses['1-1-101']! })
    expect(f.owners).toMatchObject([{ name: '张三', phone_masked: '138****0101', share_num: 1, share_den: 1 }])
    expect(f.tenancies).toMatchObject([{ name: '李四', pays: 'use', active: true }])
    expect(f.vehicles).toMatchObject([{ plate: '陕C12345', house_label: '1-1-101', person_name: '张三' }])
    expect(f.can).toEqual({ set_owners: true, move_in: 'people.already_delivered', transfer: true, write: true })
    expect(await payers('1-1-101')).toEqual(['张三 2025-01-01..'])
    expect(await payers('1-1-101', 'use')).toEqual(['张三 2025-01-01..2025-03-01', '李四 2025-03-01..'])
    expect(await payers('1-2-302')).toEqual(['安居置业 2024-01-01..'])
    expect((await service(property.house, { house_id: w.houses['1-1-101']! })).state).toBe('let')
  })
  test('is not there for another company, another building, a reader without the right', async () => {
    const house_id = w.houses['2-1-101']!
    await expectRefused(t.as('other_admin')(people.houseFile, { house_id }), 'kernel.not_found')
    const steward = await t.hire('steward', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
    await expectRefused(steward(people.houseFile, { house_id }), 'kernel.not_found')
    await expectRefused(steward(people.person, { person_id: w.persons['周八']! }), 'kernel.not_found')
    await expectRefused(steward(people.revealPhone, { person_id: w.persons['周八']! }), 'kernel.not_found')
    expect((await steward(people.persons, {})).rows.map((p) => p.name).sort()).toEqual(['安居置业', '张三', '李四', '王五', '孙七', '赵六'].sort())
    await expectRefused(t.as('reader')(people.houseFile, { house_id }), 'kernel.forbidden')
    await expectRefused(service(people.houseFile, { house_id: someId() }), 'kernel.not_found')
  })
})

test('a tenancy that is to come can be put right or withdrawn, one that has begun only ended', async () => {
  const house_id = w.houses['2-1-101']!
  const { tenancy_id } = await service(people.saveTenancy, { house_id, person: { name: '明年来', phone: '13600007777' }, pays: 'all', from_on: '2099-01-16', to_on: null })
  expect(await payers('2-1-101')).toEqual(['周八 2025-01-01..2099-01-16', '明年来 2099-01-16..'])
  await service(people.saveTenancy, { tenancy_id, house_id, person: { name: '明年来', phone: '13600007777' }, pays: 'use', from_on: '2099-01-16', to_on: null })
  expect(await payers('2-1-101')).toEqual(['周八 2025-01-01..'])
  await expectRefused(t.as('visitor')(people.withdrawTenancy, { tenancy_id }), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(people.withdrawTenancy, { tenancy_id }), 'kernel.not_found')
  await service(people.withdrawTenancy, { tenancy_id })
  expect(await payers('2-1-101', 'use')).toEqual(['周八 2025-01-01..'])
  const r = await expectRefused(service(people.withdrawTenancy, { tenancy_id: w.tenancy_id }), 'people.tenancy_begun')
  expect(r.problem.message).toContain('2025-03-01')
})

describe('owners', () => {
  test('shares add up to one, and the sum is named', async () => {
    const r = await expectRefused(service(people.setOwners, { house_id: w.houses['1-1-202']!, from_on: '2025-01-01', owners: [owner('甲', 1, 2), owner('乙', 1, 3)] }), 'people.shares_not_one')
    expect(r.problem.message).toContain('5/6')
    await expectRefused(service(people.setOwners, { house_id: w.houses['1-1-202']!, from_on: '2025-01-01', owners: [{ ...owner('甲', 1, 2), is_primary: true }, { ...owner('乙', 1, 2), is_primary: true }] }), 'people.one_primary')
    await expectRefused(service(people.setOwners, { house_id: w.houses['1-1-202']!, from_on: '2025-01-01', owners: [1, 2].map(() => ({ person: { person_id: w.persons['张三']! }, share_num: 1, share_den: 2 })) }), 'people.person_twice')
  })
  test('are put right with the same begin, and changed by transfer only', async () => {
    const house_id = w.houses['1-1-202']!
    await service(people.setOwners, { house_id, from_on: '2025-02-01', owners: [owner('钱一')] })
    const r = await expectRefused(service(people.setOwners, { house_id, from_on: '2025-03-01', owners: [owner('钱二')] }), 'people.has_owners')
    expect(r.problem.message).toContain('钱一')
    await service(people.setOwners, { house_id, from_on: '2025-02-01', owners: [owner('钱一', 2, 3), { ...owner('钱二', 1, 3), is_primary: true }], reason: '补登共有人' })
    const f = await service(people.houseFile, { house_id })
    expect(f.owners.map((o) => [o.name, `${o.share_num}/${o.share_den}`, o.is_primary])).toEqual([['钱二', '1/3', true], ['钱一', '2/3', false]])
    expect(await payers('1-1-202')).toEqual(['钱二 2025-02-01..'])
  })
  test('move in: the developer pays to the day before, or to the end of the month', async () => {
    const house_id = w.houses['1-2-302']!
    await expectRefused(service(people.setOwners, { house_id, from_on: '2025-03-17', owners: [owner('买家')] }), 'people.undelivered')
    await expectRefused(service(people.moveIn, { house_id, delivered_on: '2025-03-17' }), 'people.owners_needed')
    await expectRefused(service(people.transferHouse, { house_id, on_day: '2025-03-17', owners: [owner('买家')], reason: '买卖' }), 'people.undelivered')
    await expectRefused(service(people.moveIn, { house_id, delivered_on: '2023-12-01', owners: [owner('买家')] }), 'people.before_first_day')
    await service(people.moveIn, { house_id, delivered_on: '2025-03-17', owners: [owner('买家')], state: 'renovating' })
    expect(await payers('1-2-302')).toEqual(['安居置业 2024-01-01..2025-03-17', '买家 2025-03-17..'])
    expect(await service(property.house, { house_id })).toMatchObject({ delivered_on: '2025-03-17', state: 'renovating' })
    await expectRefused(service(people.moveIn, { house_id, delivered_on: '2025-04-01', owners: [owner('别人')] }), 'people.already_delivered')

    const { community_id } = await t.as('admin')(property.saveCommunity, { name: '次月小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'next_month' })
    const { building_id } = await t.as('admin')(property.saveBuilding, { community_id, zone_id: null, no: '1', name: '1栋', kind: 'residential', floors_above: 1, floors_below: 0, has_lift: false })
    const h = await t.as('admin')(property.saveHouse, { building_id, kind: 'dwelling', room_no: '101', floor_no: 1, built_area_m2: '80', inner_area_m2: null, heated_area_m2: null, state: 'unsold', delivered_on: null, usage: null, note: null })
    w.houses['次月'] = h.house_id
    await service(people.setOwners, { house_id: h.house_id, from_on: '2024-01-01', owners: [{ person: { name: '安居置业', kind: 'developer' } }] })
    await service(people.moveIn, { house_id: h.house_id, delivered_on: '2025-03-17', owners: [owner('后来人')] })
    expect(await payers('次月')).toEqual(['安居置业 2024-01-01..2025-04-01', '后来人 2025-04-01..'])
    expect((await service(people.persons, { q: '安居置业' })).total).toBe(1)
  })
  test('transfer in mid-month: the new owners from that day, history kept, the old household out', async () => {
    const house_id = w.houses['1-1-102']!
    const { household_id } = await service(people.addHousehold, { house_id, person: { name: '王小五', phone: '13800000199' }, relation: '子女', from_on: '2025-02-01' })
    await expectRefused(service(people.transferHouse, { house_id, on_day: '2025-01-01', owners: [owner('新主')], reason: '买卖' }), 'people.before_first_day')
    await expectRefused(t.as('visitor')(people.transferHouse, { house_id, on_day: '2025-06-16', owners: [owner('新主')], reason: '买卖' }), 'kernel.forbidden')
    const { transfer_id } = await service(people.transferHouse, { house_id, on_day: '2025-06-16', owners: [{ person: { name: '新主', phone: '13800000200' }, share_num: 1, share_den: 1 }], reason: '二手房买卖' })
    expect(await payers('1-1-102')).toEqual(['王五 2025-01-01..2025-06-16', '新主 2025-06-16..'])
    const line = (await service(people.houseTimeline, { house_id })).rows
    expect(line.filter((x) => x.kind === 'transfer')).toMatchObject([{ id: transfer_id, on_day: '2025-06-16' }])
    expect(line.filter((x) => x.kind === 'owner').map((x) => `${x.person_name} ${x.edge} ${x.on_day}`).sort()).toEqual(['新主 begin 2025-06-16', '王五 begin 2025-01-01', '王五 end 2025-06-16', '赵六 begin 2025-01-01', '赵六 end 2025-06-16'].sort())
    expect(line.some((x) => x.id === household_id && x.edge === 'end' && x.on_day === '2025-06-16')).toBe(true)
    const events = await t.inside((s) => s.db.selectFrom('kernel.event').select(['name', 'payload']).where('company_id', '=', t.company_id).where('subject', '=', house_id).where('name', '=', 'people.house_transferred').execute())
    expect(events[0]!.payload).toMatchObject({ transfer_id, arrears_to: 'old', old_person_ids: [w.persons['王五'], w.persons['赵六']] })
    await expectRefused(service(people.transferHouse, { house_id, on_day: '2025-03-01', owners: [owner('更早')], reason: '买卖' }), 'people.before_first_day')
    const other = await service(people.houseFile, { house_id })
    expect(other.owners.map((o) => o.name)).toEqual(['新主'])
  })
})

describe('tenancies', () => {
  test('two that pay do not overlap; the end gives the days back', async () => {
    const house_id = w.houses['1-1-201']!
    const t1 = await service(people.saveTenancy, { house_id, person: { name: '租一' }, pays: 'all', from_on: '2025-02-10', to_on: '2025-08-10' })
    await expectRefused(service(people.saveTenancy, { house_id, person: { name: '租二' }, pays: 'use', from_on: '2025-08-09', to_on: null }), 'people.tenancies_overlap')
    await service(people.saveTenancy, { house_id, person: { name: '租二' }, pays: 'use', from_on: '2025-08-10', to_on: null })
    expect(await payers('1-1-201')).toEqual(['孙七 2025-01-01..2025-02-10', '租一 2025-02-10..2025-08-10', '孙七 2025-08-10..'])
    expect(await payers('1-1-201', 'use')).toEqual(['孙七 2025-01-01..2025-02-10', '租一 2025-02-10..2025-08-10', '租二 2025-08-10..'])
    await service(people.endTenancy, { tenancy_id: t1.tenancy_id, to_on: '2025-05-05' })
    expect(await payers('1-1-201')).toEqual(['孙七 2025-01-01..2025-02-10', '租一 2025-02-10..2025-05-05', '孙七 2025-05-05..'])
    await expectRefused(service(people.endTenancy, { tenancy_id: t1.tenancy_id, to_on: '2025-02-10' }), 'people.ends_before_begin')
    await expectRefused(t.as('other_admin')(people.endTenancy, { tenancy_id: t1.tenancy_id, to_on: '2025-06-01' }), 'kernel.not_found')
  })
  test('a dry run changes nothing', async () => {
    await service(people.saveTenancy, { dry_run: true, house_id: w.houses['2-1-101']!, person: { name: '试租' }, pays: 'all', from_on: '2025-02-10', to_on: null })
    expect(await payers('2-1-101')).toEqual(['周八 2025-01-01..'])
    expect((await service(people.persons, { q: '试租' })).total).toBe(0)
  })
})

describe('persons', () => {
  test.each([['张三', ['张三']], ['张', ['张三']], ['zs', ['张三']], ['0101', ['张三']], [PHONES.张三, ['张三']], ['1-1-101', ['张三', '李四']], ['没有', []]] as [string, string[]][])('%s finds %j', async (q, names) => {
    expect((await service(people.persons, { q })).rows.map((p) => p.name).sort()).toEqual([...names].sort())
  })
  test('numbers are masked, revealed to who may, and the reveal is in the audit', async () => {
    const person_id = w.persons['张三']!
    const p = await service(people.person, { person_id })
    expect(p).toMatchObject({ phone_masked: '138****0101', id_number_tail: '0097', id_kind: 'id_card', can: { reveal_phone: true, reveal_id: true } })
    expect(p.houses.split('、')).toEqual(['1-1-101(业主)', 'G-01(业主)', 'P1-001(业主)'])
    expect(JSON.stringify(p)).not.toContain(PHONES.张三)
    const cashier = t.as('cashier')
    expect(await cashier(people.revealPhone, { person_id })).toEqual({ phone: PHONES.张三, phone2: null })
    await expectRefused(cashier(people.revealId, { person_id }), 'kernel.forbidden')
    expect(await service(people.revealId, { person_id })).toEqual({ id_kind: 'id_card', id_number: '110101199003070097' })
    const { rows } = await t.as('admin')(identity.audit, { subject_id: person_id })
    expect(rows.filter((r) => r.call === 'people.revealPhone' && r.outcome === 'done')).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toMatch(/110101199003070097|13800000101/)
    const stored = await t.inside((s) => s.db.selectFrom('people.person').selectAll().where('company_id', '=', t.company_id).where('person_id', '=', person_id).executeTakeFirstOrThrow())
    expect(JSON.stringify(stored)).not.toContain('110101199003070097')
    await expectRefused(t.as('visitor')(people.revealPhone, { person_id }), 'kernel.forbidden')
  })
  test('an identity number stands once and must be right', async () => {
    await expectRefused(service(people.savePerson, { name: '冒名', id_number: '110101199003070097' }), 'people.id_taken')
    await expectRefused(service(people.savePerson, { name: '错号', id_number: '110101199003070098' }), 'people.bad_id_number')
  })
  test('a new phone lets in, a lost one puts out at once', async () => {
    const { person_id } = await service(people.savePerson, { name: '换号人', phone: '13800000300' })
    await service(people.setOwners, { house_id: w.houses['1-1-301']!, from_on: '2025-01-01', owners: [{ person: { person_id } }] })
    const me = await t.resident('13800000300')
    expect((await me(people.myHouses, {})).rows.map((h) => h.label)).toEqual(['1-1-301'])
    await service(people.savePerson, { person_id, name: '换号人', phone: '13800000301' })
    await expectRefused(me(people.myHouses, {}), 'kernel.not_signed_in')
    expect((await (await t.resident('13800000301'))(people.myHouses, {})).rows).toHaveLength(1)
  })
  test('two entries of one person become one, also who pays', async () => {
    const { person_id: drop_id } = await service(people.savePerson, { name: '张三(重复)', phone: '13800000400' })
    await service(people.setOwners, { house_id: w.houses['1-1-302']!, from_on: '2025-01-01', owners: [{ person: { person_id: drop_id } }] })
    await service(people.mergePersons, { keep_id: w.persons['张三']!, drop_id, reason: '同一人' })
    expect(await payers('1-1-302')).toEqual(['张三 2025-01-01..'])
    expect((await service(people.persons, { q: '张三(' })).total).toBe(0)
    expect((await service(people.revealPhone, { person_id: w.persons['张三']! })).phone2).toBe('13800000400')
    await expectRefused(service(people.mergePersons, { keep_id: w.persons['王五']!, drop_id: w.persons['王五']!, reason: '同一人' }), 'people.same_person')
  })
})

describe('vehicles', () => {
  test.each([['陕c·12346', 'small', '陕C12346'], ['陕AD12345', 'new_energy', '陕AD12345'], ['陕A12345F', 'new_energy', '陕A12345F'], ['西安A001234', 'ebike', '西安A001234']] as const)('%s (%s) is %s', async (plate, kind, clean) => {
    await service(people.saveVehicle, { plate, kind, house_id: w.houses['2-1-101']! })
    expect((await service(people.vehicles, { q: clean.slice(-4) })).rows.map((v) => v.plate)).toContain(clean)
  })
  test.each([['12345', 'small'], ['陕C1234', 'small'], ['陕CI2345', 'small'], ['陕AB1234', 'new_energy'], ['陕C123456', 'small']] as const)('%s (%s) is refused', async (plate, kind) => {
    await expectRefused(service(people.saveVehicle, { plate, kind, house_id: w.houses['2-1-101']! }), 'people.bad_plate')
  })
  test('a plate stands once until it is signed off', async () => {
    const r = await expectRefused(service(people.saveVehicle, { plate: '陕C12345', kind: 'small', house_id: w.houses['2-1-101']! }), 'people.plate_taken')
    expect(r.problem.message).toContain('1-1-101')
    const { vehicle_id } = await service(people.saveVehicle, { plate: '陕C99999', kind: 'small', house_id: w.houses['2-1-101']! })
    await service(people.endVehicle, { vehicle_id })
    expect((await service(people.vehicles, { q: '9999' })).total).toBe(0)
    expect(await service(people.saveVehicle, { plate: '陕C99999', kind: 'small', house_id: w.houses['1-1-101']! })).toEqual({ vehicle_id })
    await expectRefused(t.as('other_admin')(people.endVehicle, { vehicle_id }), 'kernel.not_found')
  })
})

describe('residents', () => {
  test('see their own houses of today, by owner, tenant and household', async () => {
    const zhang = await t.resident(PHONES.张三)
    expect((await zhang(people.myHouses, {})).rows.map((h) => [h.label, h.role])).toEqual(expect.arrayContaining([['1-1-101', 'owner'], ['G-01', 'owner'], ['P1-001', 'owner']]))
    expect(await zhang(people.myProfile, {})).toMatchObject({ name: '张三', phone: '138****0101', persons: [{ id_number_tail: '0097' }] })
    const li = await t.resident(PHONES.李四)
    expect((await li(people.myHouses, {})).rows.map((h) => [h.label, h.role])).toEqual([['1-1-101', 'tenant']])
    expect((await li(people.myProfile, {})).vehicles).toEqual([])
    await expectRefused(zhang(people.persons, {}), 'kernel.forbidden')
    await expectRefused(zhang(property.houses, {}), 'kernel.forbidden')
    await expectRefused(t.as('service')(people.myHouses, {}), 'kernel.forbidden')
  })
  test('a member of the household is in at once and out with the end', async () => {
    const { household_id } = await service(people.addHousehold, { house_id: w.houses['2-1-101']!, person: { name: '周小八', phone: '13800000500' }, relation: '子女', from_on: '2025-01-01' })
    await expectRefused(service(people.addHousehold, { house_id: w.houses['2-1-101']!, person: { name: '周小八', phone: '13800000500' }, relation: '子女' }), 'people.already_member')
    const kid = await t.resident('13800000500')
    expect((await kid(people.myHouses, {})).rows.map((h) => [h.label, h.role])).toEqual([['2-1-101', 'household']])
    await service(people.endHousehold, { household_id, to_on: '2025-06-01' })
    expect((await kid(people.myHouses, {})).rows).toEqual([])
    // The transfer ended the household of the old owners; the new one is in.
    expect((await (await t.resident('13800000199'))(people.myHouses, {})).rows).toEqual([])
    expect((await (await t.resident('13800000200'))(people.myHouses, {})).rows.map((h) => h.label)).toEqual(['1-1-102'])
  })
})

describe('the household on the phone', () => {
  test('the owner takes in and out; tenant and member look, the member may leave; phones are masked', async () => {
    const house_id = w.houses['1-1-201']!
    const owner = await t.resident(PHONES.孙七)
    const before = await owner(people.myHousehold, { house_id })
    expect(before).toMatchObject({ holders: expect.arrayContaining([{ name: '孙七', role: 'owner', phone_masked: '138****0105', me: true }]), members: [], can: { add: true } })
    const ask = { house_id, name: '孙小七', phone: '13800000701', relation: '子女' }
    const { household_id } = await owner(people.addMyHousehold, ask)
    await expectRefused(owner(people.addMyHousehold, { ...ask, name: '另名' }), 'people.already_member')
    const kid = await t.resident('13800000701')
    const seen = await kid(people.myHousehold, { house_id })
    expect(seen).toMatchObject({ members: [{ name: '孙小七', phone_masked: '138****0701', me: true, can: { end: true } }], can: { add: 'people.owner_decides' } })
    expect(JSON.stringify(seen)).not.toContain('13800000')
    await expectRefused(kid(people.addMyHousehold, { ...ask, phone: '13800000702' }), 'people.owner_decides')
    const { household_id: second } = await owner(people.addMyHousehold, { ...ask, name: '孙母', phone: '13800000703', relation: '父母' })
    await expectRefused(kid(people.endMyHousehold, { household_id: second }), 'people.owner_decides')
    await kid(people.endMyHousehold, { household_id })
    await expectRefused(kid(people.myHousehold, { house_id }), 'kernel.not_found')
    await owner(people.endMyHousehold, { household_id: second })
    expect((await owner(people.myHousehold, { house_id })).members).toEqual([])
    const { rows } = await t.as('admin')(identity.audit, { call: 'people.addMyHousehold' })
    expect(rows.map((r) => r.outcome)).toContain('refused')
  })
  test("somebody else's house does not exist, and a house takes no crowd", async () => {
    const owner = await t.resident(PHONES.孙七)
    await expectRefused(owner(people.myHousehold, { house_id: w.houses['2-1-101']! }), 'kernel.not_found')
    await expectRefused(owner(people.addMyHousehold, { house_id: w.houses['2-1-101']!, name: '外人', phone: '13800000799', relation: '其他亲属' }), 'kernel.not_found')
    const house_id = w.houses['1-1-201']!
    const all = await Promise.allSettled(Array.from({ length: 16 }, (_, i) => owner(people.addMyHousehold, { house_id, name: `亲戚${i}`, phone: `138000008${10 + i}`, relation: '其他亲属' })))
    expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(12)
    expect((await owner(people.myHousehold, { house_id })).can.add).toBe('people.household_full')
    for (const m of (await owner(people.myHousehold, { house_id })).members) await owner(people.endMyHousehold, { household_id: m.household_id })
    const more = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => owner(people.addMyHousehold, { house_id, name: `又来${i}`, phone: `138000009${10 + i}`, relation: '其他亲属' })))
    expect(more.some((r) => r.status === 'rejected' && (r.reason as { code: string }).code === 'people.household_too_often')).toBe(true)
  })
})

test('a delivery day or a start rule put right in property moves who pays', async () => {
  const admin = t.as('admin')
  const house_id = w.houses['次月']!
  const h = await admin(property.house, { house_id })
  await admin(property.saveHouse, { house_id, building_id: h.building_id, kind: h.kind, room_no: h.room_no, floor_no: h.floor_no, built_area_m2: h.built_area_m2, inner_area_m2: null, heated_area_m2: null, state: h.state, delivered_on: '2025-05-20', usage: null, note: null })
  await t.drain()
  expect(await payers('次月')).toEqual(['安居置业 2024-01-01..2025-06-01', '后来人 2025-06-01..'])
  const { rows } = await admin(property.communities, {})
  const { house_count: _h, building_count: _b, area_sum_m2: _a, ...c } = rows.find((x) => x.name === '次月小区')!
  await admin(property.saveCommunity, { ...c, start_rule: 'delivery_day' })
  await t.drain()
  expect(await payers('次月')).toEqual(['安居置业 2024-01-01..2025-05-20', '后来人 2025-05-20..'])
})

describe('people in mass', () => {
  const ID = '110101199003070054'
  const row = (label: string, owners: HousePeopleIn['owners'], o: Partial<HousePeopleIn> = {}): HousePeopleIn => ({ house_id: w.houses[label]!, from_on: '2025-01-01', owners, ...o })
  test('are made once however often they are named, the same twice, and taken back whole', async () => {
    const rows = [
      row('1-2-101', [{ name: '批甲', phone: '13800000601', id_number: ID }], { tenant: { name: '批租', phone: '13800000602', pays: 'all', from_on: '2025-02-10', to_on: null }, members: [{ name: '批子', relation: '子女' }] }),
      row('1-2-102', [{ name: '批甲', id_number: ID }, { name: '批乙' }]),
      row('1-2-201', [{ name: '批发公司', kind: 'org' }]),
      row('1-2-202', [{ name: '批发公司', kind: 'org' }]),
    ]
    const before = await t.inside((s) => s.db.selectFrom('people.person').select('person_id').where('company_id', '=', t.company_id).execute())
    const first = await t.inside((s) => createPeopleForHouses(s, rows))
    expect(first.map((d) => d.effect)).toEqual(['new', 'new', 'new', 'new'])
    expect(first.map((d) => d.undo.person_ids.length)).toEqual([3, 1, 1, 0])
    expect(await payers('1-2-101')).toEqual(['批甲 2025-01-01..2025-02-10', '批租 2025-02-10..'])
    expect((await service(people.houseFile, { house_id: w.houses['1-2-102']! })).owners.map((o) => `${o.name} ${o.share_num}/${o.share_den}`)).toEqual(['批甲 1/2', '批乙 1/2'])
    expect((await (await t.resident('13800000602'))(people.myHouses, {})).rows.map((h) => h.label)).toEqual(['1-2-101'])
    expect((await t.inside((s) => createPeopleForHouses(s, rows))).map((d) => d.effect)).toEqual(['same', 'same', 'same', 'same'])
    await expect(t.inside((s) => undoPeople(s, first.map((d) => d.undo), async (_s, ids) => ids.slice(0, 1)))).rejects.toMatchObject({ code: 'people.in_use' })
    await t.inside((s) => undoPeople(s, first.map((d) => d.undo), async () => []))
    expect(await payers('1-2-101')).toEqual([])
    expect(await t.inside((s) => s.db.selectFrom('people.person').select('person_id').where('company_id', '=', t.company_id).execute())).toHaveLength(before.length)
  })
  test('rows that cannot be taken say why', async () => {
    const said = await t.inside((s) => checkPeopleForHouses(s, [
      row('1-1-101', [{ name: '别人' }]),
      row('1-2-101', [{ name: '甲', share_num: 1, share_den: 2 }, { name: '乙', share_num: 1, share_den: 3 }]),
      row('1-2-102', [{ name: '不是张三', id_number: '110101199003070097' }]),
      row('1-2-201', [{ name: '错号', id_number: '110101199003070098' }]),
      row('1-2-202', [{ name: '好' }]),
    ]))
    expect(said.map((x) => x.problems.map((p) => p.field))).toEqual([['owner'], ['share'], ['id_number'], ['id_number'], []])
    expect(said[0]!.problems[0]!.reason).toContain('张三')
    expect(said[1]!.problems[0]!.reason).toContain('5/6')
  })
})

test('every house with an owner has exactly one payer for each class of each day', async () => {
  await t.inside(async (s) => {
    const { sql } = await import('kysely')
    const { rows } = await sql`with own as (select house_id, min(from_on) as first from people.ownership where company_id = ${s.company_id} group by 1),
      y as (select p.*, lead(from_on) over (partition by house_id, fee_class order by from_on) as next, row_number() over (partition by house_id, fee_class order by from_on) as n from people.payer p where company_id = ${s.company_id})
      select 'gap' as what from y where to_on is distinct from next union all
      select 'first' from own left join y on y.house_id = own.house_id and y.n = 1 group by own.house_id, own.first having count(*) <> 2 or min(y.from_on) <> own.first`.execute(s.db)
    expect(rows).toEqual([])
  })
})
