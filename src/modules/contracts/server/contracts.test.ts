// Contracts as named people: drafted, approved, signed, reminded once a step, renewed once, ended with a paper; seen within reach and nowhere else.
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { contracts as api } from '../contract.ts'
import { analytics } from '../../analytics/contract.ts'
import { people } from '../../people/contract.ts'
import { system } from '../../system/contract.ts'
import { setClock } from '../../../kernel/clock.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { draftOf, fileOf, inForce, kindId, type Hand } from '../../../../tests/contracts_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { tellDue } from './clock.ts'

let t: TestApp
let w: TinyWorld
let boss: Hand
const NOON = '2026-03-05T04:00:00.000Z'
const at = (day: string): void => setClock(`${day}T04:00:00.000Z`)
const stateOf = async (contract_id: string) => (await boss(api.contract, { contract_id })).state
const told = () => t.inside((s) => tellDue(s))
const heard = (account_id: string): Promise<string[]> => t.inside(async (s) => (await sql<{ title: string }>`select title from messages.message where company_id = ${t.company_id} and account_id = ${account_id} and template like 'contract%' order by created_at, message_id`.execute(s.db)).rows.map((r) => r.title))

beforeAll(async () => {
  setClock(NOON)
  t = await testApp()
  w = await tinyWorld(t)
  boss = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
}, 120_000)
beforeEach(() => setClock(NOON))

test('a contract is drafted, rewritten, sent, signed with its paper; what is signed is not rewritten', async () => {
  const { contract_id, no } = await draftOf(boss, w.community_id, { amount_fen: 120_000_00 })
  expect(no).toMatch(/^HT2026-\d{6}$/)
  await expectRefused(boss(api.signContract, { contract_id, signed_on: '2026-03-01' }), 'contracts.wrong_state')
  const input = { contract_id, kind_id: await kindId(boss, 'service'), community_id: w.community_id, title: '物业服务合同(二期)', from_on: '2026-01-01', to_on: '2026-12-31', keeper_id: boss.account_id, parties: [{ side: 'a' as const, name: '业主大会' }, { side: 'b' as const, person_id: w.persons['味美餐饮']! }], house_ids: [w.houses['1-1-101']!] }
  await expectRefused(boss(api.saveContract, { ...input, to_on: '2025-12-31' }), 'contracts.days_crossed')
  await expectRefused(boss(api.saveContract, { ...input, parties: [{ side: 'a', name: '' }] }), 'contracts.party_nameless')
  await expectRefused(boss(api.saveContract, { ...input, parties: [{ side: 'a', person_id: '01900000-0000-7000-8000-00000000dead' }] }), 'contracts.person_gone')
  await expectRefused(boss(api.saveContract, { ...input, house_ids: ['01900000-0000-7000-8000-00000000dead'] }), 'contracts.house_elsewhere')
  await expectRefused(boss(api.saveContract, { ...input, keeper_id: '01900000-0000-7000-8000-00000000dead' }), 'contracts.keeper_gone')
  await boss(api.saveContract, input)
  expect(await boss(api.submitContract, { contract_id })).toMatchObject({ state: 'signing' })
  await expectRefused(boss(api.saveContract, input), 'contracts.wrong_state')
  await boss(api.backToDraft, { contract_id, reason: '条款要改' })
  await boss(api.submitContract, { contract_id })
  await expectRefused(boss(api.signContract, { contract_id, signed_on: '2026-03-01' }), 'contracts.paper_needed')
  await expectRefused(boss(api.signContract, { contract_id, signed_on: '2026-03-06', file_id: await fileOf(t, boss) }), 'contracts.day_future')
  // Not a paper by its bytes, not sent up for contracts, not one's own.
  await expectRefused(boss(api.signContract, { contract_id, signed_on: '2026-03-01', file_id: await fileOf(t, boss, 'contract', 'hello') }), 'contracts.no_file')
  await expectRefused(boss(api.signContract, { contract_id, signed_on: '2026-03-01', file_id: await fileOf(t, boss, 'proof') }), 'contracts.no_file')
  await expectRefused(boss(api.signContract, { contract_id, signed_on: '2026-03-01', file_id: await fileOf(t, { token: t.tokens.get('manager')! }) }), 'contracts.no_file')
  await boss(api.signContract, { contract_id, signed_on: '2026-03-01', file_id: await fileOf(t, boss) })
  const full = await boss(api.contract, { contract_id })
  expect(full).toMatchObject({ state: 'active', signed_on: '2026-03-01', title: '物业服务合同(二期)', days_left: 301, houses: [{ label: '1-1-101' }], can: { edit: 'contracts.wrong_state', renew: true } })
  expect(full.parties.map((p) => p.name)).toEqual(['业主大会', '味美餐饮'])
  expect(full.steps.map((s) => s.kind)).toEqual(['made', 'changed', 'submitted', 'back', 'submitted', 'paper', 'signed'])
  await expectRefused(boss(api.saveContract, input), 'contracts.wrong_state')
  await expectRefused(boss(api.voidContract, { contract_id, reason: '不签了' }), 'contracts.wrong_state')
  // On the page of the house, in the search, and under another name once two persons were one.
  expect((await boss(api.houseContracts, { house_id: w.houses['1-1-101']! })).rows).toMatchObject([{ no, how: 'covers' }])
  expect((await boss(analytics.search, { q: no })).rows).toMatchObject([{ kind: 'contract', id: contract_id }])
  expect((await boss(analytics.search, { q: '物业服务合同(二' })).rows.map((r) => r.id)).toContain(contract_id)
  const twin = (await t.as('admin')(people.savePerson, { name: '味美餐饮管理公司', kind: 'org' })).person_id
  await t.as('admin')(people.mergePersons, { keep_id: twin, drop_id: w.persons['味美餐饮']!, reason: '重复登记' })
  await t.drain()
  expect((await boss(api.contract, { contract_id })).parties[1]).toMatchObject({ person_id: twin, name: '味美餐饮管理公司' })
})

test('papers of one name are versions, none goes away', async () => {
  const { contract_id } = await draftOf(boss, w.community_id)
  for (const n of [1, 2, 3]) expect(await boss(api.addPaper, { contract_id, role: 'text', title: '正文', file_id: await fileOf(t, boss) })).toMatchObject({ version_no: n })
  expect(await boss(api.addPaper, { contract_id, role: 'annex', title: '正文', file_id: await fileOf(t, boss) })).toMatchObject({ version_no: 1 })
  const { papers } = await boss(api.contract, { contract_id })
  expect(papers.map((p) => [p.role, p.version_no, p.newest])).toEqual([['text', 3, true], ['text', 2, false], ['text', 1, false], ['annex', 1, true]])
  expect(((await boss(api.paperFile, { paper_id: papers[2]!.paper_id })) as unknown as { type: string }).type).toBe('application/pdf')
  // Sent at once, they are counted one after the other.
  const files = await Promise.all([1, 2, 3, 4].map(() => fileOf(t, boss)))
  const made = await Promise.all(files.map((file_id) => boss(api.addPaper, { contract_id, role: 'signed', title: '签署件', file_id })))
  expect(made.map((m) => m.version_no).toSorted()).toEqual([1, 2, 3, 4])
})

test('a kind that asks for approval is decided by another before it is signed', async () => {
  const { contract_id, no } = await draftOf(boss, w.community_id, { kind: 'supplier', title: '电梯维保合同', amount_fen: 48_000_00 })
  const second = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  await lasting(t)
  expect(await boss(api.submitContract, { contract_id, reason: '年度维保' })).toMatchObject({ state: 'asked' })
  await expectRefused(boss(api.signContract, { contract_id, signed_on: '2026-03-01' }), 'contracts.wrong_state')
  const open = async () => (await second(system.approvals, { box: 'todo' })).rows.find((r) => r.title.includes(no))!
  expect((await open()).title).toContain('48,000.00')
  await expectRefused(boss(system.decideApproval, { approval_id: (await open()).approval_id, step_no: 1, decision: 'agree' }), 'system.approval_own')
  await second(system.decideApproval, { approval_id: (await open()).approval_id, step_no: 1, decision: 'refuse', note: '价格偏高' })
  expect(await stateOf(contract_id)).toBe('draft')
  await boss(api.submitContract, { contract_id })
  await second(system.decideApproval, { approval_id: (await open()).approval_id, step_no: 1, decision: 'agree' })
  expect(await stateOf(contract_id)).toBe('signing')
  // The rule is of its day: from tomorrow on this kind is sent without.
  const kind = (await t.as('admin')(api.kinds, {})).rows.find((k) => k.code === 'supplier')!
  await expectRefused(t.as('admin')(api.publishKindRule, { kind_id: kind.kind_id, ...kind.rule, from_on: '2026-03-04' }), 'contracts.from_past')
  await t.as('admin')(api.publishKindRule, { kind_id: kind.kind_id, ...kind.rule, needs_approval: false, from_on: '2026-03-06' })
  const next = await draftOf(boss, w.community_id, { kind: 'supplier' })
  at('2026-03-06')
  expect(await boss(api.submitContract, { contract_id: next.contract_id })).toMatchObject({ state: 'signing' })
  await expectRefused(boss(api.publishKindRule, { kind_id: kind.kind_id, ...kind.rule, from_on: '2027-01-01' }), 'kernel.not_found')
})

test('the keeper is told at each step once; what ran out is told once more and stands in the list', async () => {
  const keeper = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  const contract_id = await inForce(t, keeper, w.community_id, { kind: 'other', title: '提醒合同', to_on: '2026-12-31' })
  await lasting(t)
  const days: [string, number][] = [['2026-09-30', 0], ['2026-10-02', 1], ['2026-10-03', 1], ['2026-11-30', 1], ['2026-12-01', 2], ['2026-12-24', 3], ['2026-12-25', 3], ['2026-12-31', 4], ['2027-01-01', 5], ['2027-01-20', 5]]
  for (const [day, n] of days) {
    at(day)
    await told()
    expect([day, (await heard(keeper.account_id)).length]).toEqual([day, n])
  }
  expect((await heard(keeper.account_id)).at(0)).toBe('合同还有 90 天到期:提醒合同')
  expect((await heard(keeper.account_id)).at(-1)).toBe('合同已到期:提醒合同')
  expect(await stateOf(contract_id)).toBe('expired')
  expect((await keeper(api.contracts, { state: 'expired' })).rows.map((r) => r.title)).toContain('提醒合同')
  expect((await keeper(api.contracts, { state: 'active' })).rows.map((r) => r.title)).not.toContain('提醒合同')
  const todo = async (code: string) => (await keeper(analytics.workbench, {})).todos.find((x) => x.code === code)!.count
  expect(await todo('contract_over')).toBe((await keeper(api.contracts, { state: 'expired' })).total)
  at('2026-12-05')
  expect(await todo('contract_due')).toBe((await keeper(api.contracts, { within_days: 30 })).total)
  expect((await keeper(api.contracts, { within_days: 30 })).rows.map((r) => r.title)).toContain('提醒合同')
  at('2026-11-30')
  expect((await keeper(api.contracts, { within_days: 30 })).rows.map((r) => r.title)).not.toContain('提醒合同')
})

test('a keeper who has left gives way to those who write contracts there', async () => {
  const gone = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  await inForce(t, gone, w.community_id, { kind: 'other', title: '无人负责', to_on: '2026-06-01' })
  await t.inside(async (s) => void (await sql`update identity.member set disabled_at = now() where company_id = ${t.company_id} and account_id = ${gone.account_id}`.execute(s.db)))
  at('2026-05-20')
  await told()
  expect(await heard(gone.account_id)).toEqual([])
  expect((await heard(boss.account_id)).filter((x) => x.includes('无人负责'))).toHaveLength(1)
})

test('a contract is renewed once, also by eight at once; the old one is over when the next is signed', async () => {
  const contract_id = await inForce(t, boss, w.community_id, { kind: 'other', title: '要续签', house_ids: [w.houses['1-1-102']!] })
  await expectRefused(boss(api.renewContract, { contract_id, from_on: '2025-12-31' }), 'contracts.renews_before')
  await expectRefused(boss(api.renewContract, { contract_id, from_on: '2027-01-01', to_on: '2026-12-31' }), 'contracts.days_crossed')
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => boss(api.renewContract, { contract_id, from_on: '2027-01-01', to_on: '2027-12-31', amount_fen: 100 })))
  const won = tries.flatMap((x) => (x.status === 'fulfilled' ? [x.value] : []))
  expect(won).toHaveLength(1)
  for (const x of tries) if (x.status === 'rejected') expect((x.reason as { code: string }).code).toBe('contracts.renewed_already')
  const next = won[0]!
  const full = await boss(api.contract, { contract_id: next.contract_id })
  expect(full).toMatchObject({ state: 'draft', title: '要续签', from_on: '2027-01-01', amount_fen: 100, houses: [{ label: '1-1-102' }], renews: { contract_id } })
  expect(full.parties).toHaveLength(2)
  expect(await boss(api.contract, { contract_id })).toMatchObject({ state: 'active', renewed_by: { no: next.no }, can: { renew: 'contracts.renewed_already' } })
  await boss(api.submitContract, { contract_id: next.contract_id })
  await boss(api.signContract, { contract_id: next.contract_id, signed_on: '2026-03-05', file_id: await fileOf(t, boss) })
  expect(await stateOf(contract_id)).toBe('renewed')
  // A void draft is no renewal: the old one may be renewed anew.
  const second = await inForce(t, boss, w.community_id, { kind: 'other', title: '再续' })
  const draft = await boss(api.renewContract, { contract_id: second, from_on: '2027-01-01' })
  await boss(api.voidContract, { contract_id: draft.contract_id, reason: '重来' })
  await boss(api.renewContract, { contract_id: second, from_on: '2027-01-01' })
})

test('a contract is ended with a reason and its paper, not in the future', async () => {
  const contract_id = await inForce(t, boss, w.community_id, { kind: 'other', title: '终止的' })
  const end = { contract_id, ended_on: '2026-03-01', reason: '双方协商解除' }
  await expectRefused(boss(api.endContract, { ...end, file_id: '01900000-0000-7000-8000-00000000dead' }), 'contracts.no_file')
  await expectRefused(boss(api.endContract, { ...end, ended_on: '2026-03-06', file_id: await fileOf(t, boss) }), 'contracts.day_future')
  await expectRefused(boss(api.endContract, { ...end, ended_on: '2025-12-31', file_id: await fileOf(t, boss) }), 'contracts.ended_before')
  await boss(api.endContract, { ...end, file_id: await fileOf(t, boss) })
  expect(await boss(api.contract, { contract_id })).toMatchObject({ state: 'terminated', ended_on: '2026-03-01', end_reason: '双方协商解除', papers: [{ role: 'signed' }, { role: 'end' }] })
  await expectRefused(boss(api.renewContract, { contract_id, from_on: '2026-04-01' }), 'contracts.wrong_state')
})

test('the ledger goes to Excel and paper as it is narrowed', async () => {
  const excel = (await t.as('admin')(api.contractsExcel, { state: 'expired' })) as unknown as { body: Buffer; name: string }
  expect(excel.name).toBe('合同台账-2026-03-05.xlsx')
  const pdf = (await t.as('admin')(api.contractsPdf, {})) as unknown as { body: Buffer }
  expect(pdf.body.subarray(0, 4).toString()).toBe('%PDF')
})

test('kinds: names are once, who signs stays as it was where contracts are', async () => {
  const admin = t.as('admin')
  await expectRefused(admin(api.saveKind, { name: '物业服务合同', signed_by: 'parties', is_public: false, sort_no: 1 }), 'contracts.name_taken')
  const { kind_id } = await admin(api.saveKind, { name: '电梯广告合同', signed_by: 'parties', is_public: false, sort_no: 300 })
  expect((await admin(api.kinds, {})).rows.find((k) => k.kind_id === kind_id)!.rule).toMatchObject({ ladder: [90, 30, 7], needs_approval: false })
  const kind = (await admin(api.kinds, {})).rows.find((k) => k.code === 'other')!
  await expectRefused(admin(api.saveKind, { kind_id: kind.kind_id, name: kind.name, signed_by: 'all_houses', is_public: false, sort_no: 1 }), 'contracts.signed_by_fixed')
  await admin(api.saveKind, { kind_id, name: '电梯广告合同', signed_by: 'parties', is_public: false, sort_no: 300, retired: true })
  await expectRefused(boss(api.saveContract, { kind_id, community_id: w.community_id, title: 'x', from_on: '2026-01-01', keeper_id: boss.account_id, parties: [{ side: 'a', name: 'y' }] }), 'contracts.kind_gone')
})

test('nobody reaches beyond: another community, the company as a whole, another company, other roles', async () => {
  const { contract_id } = await draftOf(boss, w.community_id)
  const { paper_id } = await boss(api.addPaper, { contract_id, role: 'text', title: '正文', file_id: await fileOf(t, boss) })
  const elsewhere = await t.hire('manager', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  const building = await t.hire('manager', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
  for (const who of [elsewhere, building, t.as('other_admin')]) {
    for (const call of [() => who(api.contract, { contract_id }), () => who(api.paperFile, { paper_id }), () => who(api.submitContract, { contract_id }), () => who(api.voidContract, { contract_id, reason: '不该能' }), () => who(api.postPaper, { paper_id }), () => who(api.setKeeper, { contract_id, keeper_id: boss.account_id })]) await expectRefused(call(), 'kernel.not_found')
    expect((await who(api.contracts, {})).total).toBe(0)
  }
  // Of the whole company: not for whoever has one community.
  await expectRefused(draftOf(boss, null, { kind: 'duty_police' }), 'kernel.not_found')
  const all = await t.hire('manager')
  const whole = await draftOf(all, null, { kind: 'duty_police', title: '全公司责任书' })
  await expectRefused(boss(api.contract, { contract_id: whole.contract_id }), 'kernel.not_found')
  await expectRefused(draftOf(all, null, { kind: 'service' }), 'contracts.place_needed')
  await expectRefused(t.as('repairer')(api.contracts, {}), 'kernel.forbidden')
  await expectRefused(t.as('visitor')(api.submitContract, { contract_id }), 'kernel.forbidden')
  expect((await t.as('visitor')(api.contract, { contract_id })).no).toMatch(/^HT/)
})
