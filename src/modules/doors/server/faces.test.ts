// Faces as one way among others, people barred from doors by two, helpers outside the register: as named people and with the simulated controller.
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { doorsKit, openToAll, type DoorsKit } from '../../../../tests/doors_kit.ts'
import { expectRefused, type Caller, type TestApp } from '../../../../tests/harness.ts'
import type { TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { DoorTerminal } from '../../../world/outside/door_terminal.ts'
import { access } from '../../access/contract.ts'
import { people } from '../../people/contract.ts'
import { doors } from '../contract.ts'
import { expireFaces } from './faces.ts'
import { takeDoorFace } from './index.ts'

let t: TestApp
let w: TinyWorld
let admin: Caller
let head: Caller
let guard: Caller
let elsewhere: Caller
let gate: DoorTerminal
let units: DoorTerminal
let id: DoorsKit['id']
let path: DoorsKit['path']
const NOON = '2026-11-26T04:00:00.000Z'
const picture = (n: number): Buffer => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(1200, n)])
const b64 = (n: number): string => picture(n).toString('base64')
const TEXT = '我们将收集您的正面照片,仅用于本小区门禁开门核验,照片加密保存,特征只存放在门禁控制器;您可以随时撤回同意,撤回后全部删除;人脸不是唯一的开门方式。'

const settle = async (): Promise<void> => { for (const k of [gate, units]) await k.settle() }

beforeAll(async () => {
  setClock(NOON)
  const k = await doorsKit()
  ;({ t, w, admin, head, guard, elsewhere, id, path } = k)
  gate = await k.controller('南门控制器', [{ name: '南门', kind: 'gate' }, { name: '健身房', kind: 'room' }])
  units = await k.controller('1栋控制器', [{ name: '1栋1单元门', kind: 'unit', unit_no: '1', building: '1' }, { name: '1栋2单元门', kind: 'unit', unit_no: '2', building: '1' }])
  await openToAll(k, 'all', ['南门', '健身房', '1栋1单元门', '1栋2单元门'], '住户门')
  id['gym'] = await k.group('健身房', ['健身房'])
}, 120_000)
beforeEach(() => setClock(NOON))

describe('faces', () => {
  const rule = (o: Record<string, unknown> = {}) => ({ community_id: w.community_id, from_on: '2026-11-26', enabled: true, purpose: '开门核验', consent_text: TEXT, months: 12, assessed_on: '2026-11-01', assessor: '王法务', basis: '业主大会决议', ...o })
  test('off until a rule with an assessment says otherwise; never the only way; own consent; gone everywhere with proof when taken back', async () => {
    const sun = await t.resident('13800000105')
    const house_id = w.houses['1-1-201']!
    expect(await sun(doors.myFace, { house_id })).toMatchObject({ rule: null, other_way: false, rows: [] })
    await expectRefused(sun(doors.giveFace, { house_id, text_no: 1, photo: b64(1) }), 'doors.face_off')
    await expectRefused(admin(doors.saveFaceRule, rule({ assessed_on: null })), 'doors.face_not_assessed')
    await expectRefused(head(doors.saveFaceRule, rule()), 'kernel.forbidden')
    expect(await admin(doors.saveFaceRule, rule())).toEqual({ text_no: 1 })
    await expectRefused(sun(doors.giveFace, { house_id, text_no: 1, photo: b64(1) }), 'doors.no_other_way')
    await sun(doors.startCode, { house_id })
    await expectRefused(sun(doors.giveFace, { house_id, text_no: 2, photo: b64(1) }), 'doors.text_changed')
    await expectRefused(sun(doors.giveFace, { house_id, text_no: 1, photo: Buffer.alloc(1200, 7).toString('base64') }), 'doors.bad_photo')
    const { face_id, to_on } = await sun(doors.giveFace, { house_id, text_no: 1, photo: b64(1) })
    expect(to_on).toBe('2027-11-26')
    await expectRefused(sun(doors.giveFace, { house_id, text_no: 1, photo: b64(2) }), 'doors.face_taken')
    // At rest it is sealed; only a controller that has it in its list reads it.
    const kept = await t.inside((s) => sql<{ photo_sealed: string }>`select photo_sealed from doors.face where company_id = ${s.company_id} and face_id = ${face_id}`.execute(s.db))
    expect(kept.rows[0]!.photo_sealed).not.toContain(b64(1).slice(0, 40))
    expect((await takeDoorFace(t.app, path['南门控制器']!.replace('/gate/door/', ''), face_id))?.equals(picture(1))).toBe(true)
    expect(await takeDoorFace(t.app, path['南门控制器']!.replace('/gate/door/', '').slice(0, -1) + 'x', face_id)).toBeNull()
    await settle()
    gate.unplugged = true
    expect([await gate.look(picture(1), 1), await units.look(picture(1), 1), await units.look(picture(1), 2), await gate.look(picture(9), 1)]).toEqual([true, true, false, false])
    gate.unplugged = false
    await settle()
    expect((await admin(doors.passages, { way: 'face', what: 'open' })).rows.map((p) => p.who)).toEqual(['孙七', '孙七'])
    expect((await sun(doors.myFace, { house_id })).rows).toMatchObject([{ state: 'live', spot_count: 2, left_count: 0, mine: true, only_face: false }])
    // Taken back: the picture goes at once, here and there; a controller without network is named until it has proved it.
    gate.unplugged = true
    const zhang = await t.resident('13800000101')
    await expectRefused(zhang(doors.withdrawFace, { face_id }), 'kernel.not_found')
    expect(await sun(doors.withdrawFace, { face_id })).toEqual({ left_count: 2 })
    const after = await t.inside((s) => sql<{ photo_sealed: string | null; photo_sha: string | null }>`select photo_sealed, photo_sha from doors.face where company_id = ${s.company_id} and face_id = ${face_id}`.execute(s.db))
    expect(after.rows[0]).toEqual({ photo_sealed: null, photo_sha: null })
    await units.settle()
    await units.poll()
    expect(units.templates.size).toBe(0)
    expect((await head(doors.faces, {})).rows[0]).toMatchObject({ state: 'withdrawn', left_names: ['南门控制器'] })
    gate.unplugged = false
    await gate.settle()
    await gate.poll()
    expect(gate.templates.size).toBe(0)
    expect((await head(doors.faces, { left: true })).rows).toEqual([])
    expect((await sun(doors.myFace, { house_id })).rows).toMatchObject([{ state: 'withdrawn', left_count: 0 }])
    expect(await takeDoorFace(t.app, path['南门控制器']!.replace('/gate/door/', ''), face_id)).toBeNull()
    await expectRefused(sun(doors.withdrawFace, { face_id }), 'doors.face_over')
  })
  test('a child by the guardian, on the phone and on paper; who is fourteen agrees himself', async () => {
    const zhang = await t.resident('13800000101')
    const house_id = w.houses['1-1-101']!
    const child = (await admin(people.savePerson, { name: '张小宝', kind: 'natural' })).person_id
    await admin(people.addHousehold, { house_id, person: { person_id: child }, relation: '子女', from_on: '2026-01-01' })
    expect((await zhang(doors.myFace, { house_id })).children).toEqual([{ person_id: child, name: '张小宝' }])
    await expectRefused(zhang(doors.giveFace, { house_id, child_id: child, text_no: 1, photo: b64(3) }), 'doors.guardian_needed')
    await expectRefused(zhang(doors.giveFace, { house_id, child_id: child, relation: '父子', text_no: 1, photo: b64(3) }), 'doors.no_other_way')
    await head(doors.issueCard, { person_id: child, house_id, community_id: w.community_id, card_no: 'KID001', to_on: null, reason: null })
    const { face_id } = await zhang(doors.giveFace, { house_id, child_id: child, relation: '父子', text_no: 1, photo: b64(3) })
    expect((await head(doors.faces, { state: 'live' })).rows).toMatchObject([{ holder_name: '张小宝', under_14: true, guardian: '张三(父子)', consented_by: '张三', way: 'app' }])
    await settle()
    expect(await gate.look(picture(3), 1)).toBe(true)
    // The card is lost: he still gets in, and everybody sees that the face must not stay alone.
    await head(doors.loseCard, { card_id: (await head(doors.cards, { q: 'KID001' })).rows[0]!.card_id, reason: '书包丢失' })
    expect((await zhang(doors.myFace, { house_id })).rows[0]).toMatchObject({ only_face: true })
    await zhang(doors.withdrawFace, { face_id })
    const me = (head as Caller & { account_id: string }).account_id
    const paper = '00000000-0000-4000-8000-0000000face1'
    await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${paper}, ${'b'.repeat(64)}, '同意书.pdf', 'application/pdf', 10, 'proof', ${me}, ${s.now}, ${s.now})`.execute(s.db))
    const wang = w.persons['王五']!
    const ask = { person_id: wang, house_id: w.houses['1-1-102']!, under_14: false, guardian_person_id: null, guardian_relation: null, paper_file_id: paper, photo: b64(4) }
    await expectRefused(head(doors.registerFace, ask), 'doors.no_other_way')
    await head(doors.issueCard, { person_id: wang, house_id: w.houses['1-1-102']!, community_id: w.community_id, card_no: 'WANG01', to_on: null, reason: null })
    await expectRefused(head(doors.registerFace, { ...ask, paper_file_id: '00000000-0000-4000-8000-0000000face2' }), 'doors.no_paper')
    await expectRefused(head(doors.registerFace, { ...ask, under_14: true }), 'doors.guardian_needed')
    await expectRefused(head(doors.registerFace, { ...ask, under_14: true, guardian_person_id: wang, guardian_relation: '本人' }), 'doors.guardian_self')
    await expectRefused(elsewhere(doors.registerFace, ask), 'kernel.not_found')
    await head(doors.registerFace, ask)
    expect((await head(doors.faces, { state: 'live' })).rows).toMatchObject([{ holder_name: '王五', way: 'paper', has_paper: true }])
  })
  test('over when its months are, when he moves away, when the community uses it no more', async () => {
    await settle()
    expect(await gate.look(picture(4), 1)).toBe(true)
    setClock('2027-11-27T04:00:00.000Z')
    await t.inside((s) => expireFaces(s))
    setClock(NOON)
    expect((await head(doors.faces, { q: '王五' })).rows[0]).toMatchObject({ state: 'expired', ended_reason: '同意已到期' })
    const sun = await t.resident('13800000105')
    await sun(doors.giveFace, { house_id: w.houses['1-1-201']!, text_no: 1, photo: b64(5) })
    expect((await admin(doors.saveFaceRule, rule({ enabled: false }))).text_no).toBe(1)
    expect((await head(doors.faces, { q: '孙七', state: 'closed' })).rows[0]).toMatchObject({ state: 'closed', ended_reason: '小区停用人脸开门' })
    await settle()
    await settle()
    expect([gate.templates.size, units.templates.size, (await head(doors.faces, { left: true })).total]).toEqual([0, 0, 0])
    expect((await head(doors.faceRules, {})).rows[0]).toMatchObject({ enabled: false, face_count: 0 })
  })
})

describe('barred', () => {
  const ask = (o: Record<string, unknown>) => ({ community_id: w.community_id, group_id: id['gym']!, reason: 'violence' as const, detail: '在健身房推搡他人', from_on: '2026-11-26', to_on: '2026-12-26', holder_id: id['wang']!, ...o })
  test('two people, fixed reasons, never the way home; off the doors at once, shown at the gate', async () => {
    id['wang'] = (await head(doors.findHolders, { q: '王五', community_id: w.community_id })).rows[0]!.holder_id
    await settle()
    expect(await gate.swipe('WANG01', 2)).toBe(true)
    await expectRefused(head(doors.askBar, ask({ group_id: null })), 'doors.way_home')
    await expectRefused(head(doors.askBar, ask({ group_id: id['all'] })), 'doors.way_home')
    await expectRefused(head(doors.askBar, ask({ detail: '拖欠物业费两年' })), 'doors.debt_is_no_reason')
    await expectRefused(head(doors.askBar, ask({ reason: 'arrears' as 'theft' })), 'kernel.invalid')
    const { barred_id } = await head(doors.askBar, ask({}))
    await expectRefused(head(doors.askBar, ask({})), 'doors.barred_already')
    await expectRefused(head(doors.decideBar, { barred_id, agree: true, note: '同意' }), 'kernel.forbidden')
    await expectRefused(elsewhere(doors.liftBar, { barred_id, reason: '试试' }), 'kernel.not_found')
    await settle()
    expect(await gate.swipe('WANG01', 2)).toBe(true)
    expect((await admin(doors.decideBar, { barred_id, agree: true, note: '同意' })).state).toBe('on')
    await settle()
    expect([await gate.swipe('WANG01', 2), await gate.swipe('WANG01', 1)]).toEqual([false, true])
    expect((await guard(doors.doorsBarred, { state: 'on' })).rows).toMatchObject([{ holder_name: '王五', group_name: '健身房', reason: 'violence', left_doors: 0 }])
    await head(doors.liftBar, { barred_id, reason: '已认错' })
    await settle()
    expect(await gate.swipe('WANG01', 2)).toBe(true)
    await expectRefused(head(doors.liftBar, { barred_id, reason: '再解' }), 'doors.bar_over')
    // A court's paper reaches further; who proposes cannot agree.
    const court = await admin(doors.askBar, ask({ group_id: null, reason: 'court', detail: '(2026)陕0326民保令3号人身安全保护令' }))
    await expectRefused(admin(doors.decideBar, { barred_id: court.barred_id, agree: true, note: '同意' }), 'doors.same_person')
    await admin(doors.liftBar, { barred_id: court.barred_id, reason: '保护令撤销' })
  })
})

describe('helpers', () => {
  test('named, vouched for, for a time: a code and a card open what they may, and end with the day or the voucher', async () => {
    const zhang = await t.resident('13800000101')
    const ask = { community_id: w.community_id, kind: 'nanny' as const, name: '刘阿姨', phone: '13911112222', employer: null, house_id: w.houses['1-1-101']!, vouch_person_id: w.persons['张三']!, vouch_name: null, group_id: id['all']!, times: [{ days: [4], from: '08:00', to: '18:00' }], with_code: true, from_on: '2026-11-26', to_on: '2026-12-01' }
    await expectRefused(head(doors.registerHelper, { ...ask, vouch_person_id: w.persons['孙七']! }), 'doors.vouch_elsewhere')
    const { vouch_person_id: _v, ...alone } = ask
    await expectRefused(head(doors.registerHelper, alone), 'doors.no_voucher')
    await head(access.bar, { community_id: w.community_id, name: '刘某', phone: '13911113333', plate: null, id_number: null, reason: '多次滋事', to_on: '2026-12-31' })
    await expectRefused(head(doors.registerHelper, { ...ask, phone: '13911113333' }), 'doors.helper_barred')
    await expectRefused(elsewhere(doors.registerHelper, ask), 'kernel.not_found')
    const made = await head(doors.registerHelper, ask)
    expect(made.code).toMatch(/^\d{8}$/)
    await settle()
    // The unit of the house alone, in the hours alone, without network too.
    units.unplugged = true
    expect([await gate.show(made.code!, 1), await units.type(made.code!, 1), await units.type(made.code!, 2)]).toEqual([true, true, false])
    units.unplugged = false
    await settle()
    await head(doors.helperCard, { helper_id: made.helper_id, card_no: 'LIU001' })
    await settle()
    expect([await units.swipe('LIU001', 1), await units.swipe('LIU001', 2)]).toEqual([true, false])
    expect((await admin(doors.passages, { q: '刘阿姨', what: 'open' })).rows.map((p) => [p.way, p.who])).toEqual(expect.arrayContaining([['password', '编外 刘阿姨'], ['card', '编外 刘阿姨']]))
    expect((await head(doors.cards, { q: '刘阿姨' })).rows).toMatchObject([{ holder_kind: 'helper', card_no: 'LIU001' }])
    expect((await zhang(doors.myHelpers, { house_id: w.houses['1-1-101']! })).rows).toMatchObject([{ name: '刘阿姨' }])
    setClock('2026-11-26T11:00:00.000Z')
    expect(await gate.type(made.code!, 1)).toBe(false)
    setClock(NOON)
    const sun = await t.resident('13800000105')
    await expectRefused(sun(doors.endMyHelper, { helper_id: made.helper_id }), 'kernel.not_found')
    await zhang(doors.endMyHelper, { helper_id: made.helper_id })
    await settle()
    expect([await gate.type(made.code!, 1), await units.swipe('LIU001', 1)]).toEqual([false, false])
    expect((await head(doors.helpers, {})).rows[0]).toMatchObject({ state: 'ended', code: null, cards: '', phone_masked: '139****2222' })
    await expectRefused(head(doors.helperCard, { helper_id: made.helper_id, card_no: 'LIU002' }), 'doors.helper_over')
    const courier = await head(doors.registerHelper, { ...ask, kind: 'courier', name: '快递小王', phone: '13911114444', vouch_name: '顺丰速运眉县点', vouch_person_id: undefined, house_id: undefined, times: [], to_on: '2026-11-27' } as never)
    await settle()
    expect(await units.type((courier as { code: string }).code, 2)).toBe(true)
    setClock('2026-11-27T00:00:00.000Z')
    expect(await units.type((courier as { code: string }).code, 2)).toBe(false)
  })
})
