// Letting residents in without SMS: a code from the desk, then a password of their own; neither opens the homes of another company.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { identity } from '../../identity/contract.ts'
import { people } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let service: Caller
let nobody: Caller
const PASSWORD = 'green-River-88'
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  service = t.as('service')
  nobody = t.withToken(undefined, 'resident')
})
const issue = (name: string) => service(people.issueSignInCode, { person_id: w.persons[name]! })
async function enter(phone: string, code: string): Promise<Caller> {
  const { session } = (await nobody(identity.signInByCode, { phone, code })) as { session: { token: string } }
  return t.withToken(session.token, 'resident')
}
const houses = async (as: Caller) => (await as(people.myHouses, {})).rows.map((h) => h.label).sort()

test('a code from the desk opens the app once, and only the newest one does', async () => {
  const first = await issue('张三')
  expect(first).toMatchObject({ phone_masked: '138****0101', secret_code: expect.stringMatching(/^\d{8}$/) })
  const { secret_code } = await issue('张三')
  await expectRefused(nobody(identity.signInByCode, { phone: PHONES.张三, code: first.secret_code === secret_code ? '00000000' : first.secret_code }), 'identity.wrong_code')
  expect(await houses(await enter(PHONES.张三, secret_code))).toEqual(['1-1-101', 'G-01', 'P1-001'])
  await expectRefused(nobody(identity.signInByCode, { phone: PHONES.张三, code: secret_code }), 'identity.desk_code_expired')
})

test('it is no code for another phone, is not stored as text, and five wrong tries end it', async () => {
  const { secret_code } = await issue('王五')
  await expectRefused(nobody(identity.signInByCode, { phone: PHONES.赵六, code: secret_code }), 'identity.desk_code_expired')
  const { rows } = await t.app.d.pool.query<{ n: number }>(`select (select count(*) from identity.code c where c::text like '%' || $1 || '%') + (select count(*) from kernel.request r where r::text like '%' || $1 || '%') + (select count(*) from kernel.audit a where a::text like '%' || $1 || '%') as n`, [secret_code])
  expect(rows[0]!.n).toBe(0)
  const wrong = secret_code === '12345678' ? '87654321' : '12345678'
  for (let n = 0; n < 5; n++) await expectRefused(nobody(identity.signInByCode, { phone: PHONES.王五, code: wrong }), 'identity.wrong_code')
  await expectRefused(nobody(identity.signInByCode, { phone: PHONES.王五, code: secret_code }), 'identity.desk_code_expired')
})

test('an SMS code beside it stays good, and the other way round', async () => {
  const { secret_code } = await issue('赵六')
  await nobody(identity.askCode, { phone: PHONES.赵六 })
  const sent = await t.app.d.pool.query<{ code: string }>(`select payload->'params'->>'code' as code from kernel.job where name = 'messages.send_sms' and payload->>'phone' = $1`, [PHONES.赵六])
  expect(await houses(await enter(PHONES.赵六, secret_code))).toEqual(['1-1-102'])
  expect(await houses(await enter(PHONES.赵六, sent.rows[0]!.code))).toEqual(['1-1-102'])
})

test('a password of one’s own comes after it; forgotten, it is set anew by the next code', async () => {
  const me = await enter(PHONES.孙七, (await issue('孙七')).secret_code)
  expect(await me(identity.myPassword, {})).toMatchObject({ set: false, fresh: true })
  await expectRefused(nobody(identity.signInByPassword, { phone: PHONES.孙七, password: PASSWORD }), 'identity.wrong_phone_password')
  const weak = await expectRefused(me(identity.setMyPassword, { new_password: `x${PHONES.孙七}` }), 'identity.weak_password')
  expect(weak.problem.issues).toMatchObject([{ path: 'new_password' }])
  await me(identity.setMyPassword, { new_password: PASSWORD })
  const { session } = (await nobody(identity.signInByPassword, { phone: PHONES.孙七, password: PASSWORD })) as { session: { token: string } }
  const again = t.withToken(session.token, 'resident')
  expect(await houses(again)).toEqual(['1-1-201'])
  // An hour later the old one is asked for.
  await t.app.d.pool.query(`update identity.session set created_at = created_at - interval '1 hour'`)
  await expectRefused(again(identity.setMyPassword, { new_password: 'other-River-99' }), 'identity.wrong_password')
  await again(identity.setMyPassword, { old_password: PASSWORD, new_password: 'other-River-99' })
  await expectRefused(me(identity.me, {}), 'kernel.not_signed_in')
  const back = await enter(PHONES.孙七, (await issue('孙七')).secret_code)
  await back(identity.setMyPassword, { new_password: PASSWORD })
})

test('five wrong passwords lock it, an unknown phone gets the same answer, and a code still lets in', async () => {
  const me = await enter(PHONES.周八, (await issue('周八')).secret_code)
  await me(identity.setMyPassword, { new_password: PASSWORD })
  const known = await expectRefused(nobody(identity.signInByPassword, { phone: PHONES.周八, password: 'not-the-password' }), 'identity.wrong_phone_password')
  const unknown = await expectRefused(nobody(identity.signInByPassword, { phone: '13900009999', password: 'not-the-password' }), 'identity.wrong_phone_password')
  expect(known.problem).toEqual(unknown.problem)
  for (let n = 0; n < 4; n++) await expectRefused(nobody(identity.signInByPassword, { phone: PHONES.周八, password: 'not-the-password' }), 'identity.wrong_phone_password')
  await expectRefused(nobody(identity.signInByPassword, { phone: PHONES.周八, password: PASSWORD }), 'identity.locked')
  await enter(PHONES.周八, (await issue('周八')).secret_code)
})

test('what one company hands out opens nothing of another company with the same phone', async () => {
  const other = t.as('other_admin')
  const { person_id } = await other(people.savePerson, { name: '张三', phone: PHONES.张三 })
  // By SMS the phone sees both companies; by the desk only the one that issued the code.
  await t.app.d.pool.query(`update identity.code set created_at = created_at - interval '2 minutes'`)
  await nobody(identity.askCode, { phone: PHONES.张三 })
  const sent = await t.app.d.pool.query<{ code: string }>(`select payload->'params'->>'code' as code from kernel.job where name = 'messages.send_sms' and payload->>'phone' = $1 order by job_id desc limit 1`, [PHONES.张三])
  expect((await (await enter(PHONES.张三, sent.rows[0]!.code))(identity.me, {})).companies).toHaveLength(2)
  const { secret_code } = await other(people.issueSignInCode, { person_id })
  const inside = await enter(PHONES.张三, secret_code)
  const me = await inside(identity.me, {})
  expect(me.companies.map((c) => c.company_id)).toEqual([me.company_id])
  expect(await houses(inside)).toEqual([])
  const theirs = (await t.as('admin')(identity.me, {})).company_id
  await expectRefused(inside(identity.switchCompany, { company_id: theirs }), 'kernel.not_found')
  // Nor does the password that is set there.
  await inside(identity.setMyPassword, { new_password: 'other-House-77' })
  const { session } = (await nobody(identity.signInByPassword, { phone: PHONES.张三, password: 'other-House-77' })) as { session: { token: string } }
  const byPassword = t.withToken(session.token, 'resident')
  expect((await byPassword(identity.me, {})).company_id).toBe(me.company_id)
  await expectRefused(byPassword(identity.switchCompany, { company_id: theirs }), 'kernel.not_found')
})

test('only who may, within reach, and with a mobile number; it stands in the audit', async () => {
  await expectRefused(t.as('visitor')(people.issueSignInCode, { person_id: w.persons['张三']! }), 'kernel.forbidden')
  const steward = await t.hire('steward', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
  await expectRefused(steward(people.issueSignInCode, { person_id: w.persons['周八']! }), 'kernel.not_found')
  await steward(people.issueSignInCode, { person_id: w.persons['张三']! })
  await expectRefused(issue('安居置业'), 'people.no_phone_to_sign_in')
  const { person_id } = await service(people.savePerson, { name: '座机', phone: '0917-5551234' })
  await expectRefused(service(people.issueSignInCode, { person_id }), 'people.no_phone_to_sign_in')
  const { rows } = await t.as('admin')(identity.audit, { call: 'people.issueSignInCode', outcome: 'done' })
  expect(rows.length).toBeGreaterThan(5)
  expect(rows[0]).toMatchObject({ call_zh: '开具业主登录码', subject_zh: '业户' })
})
