// Who sees what across companies (ADR 0610): a report is seen by the company that wrote it and by the authority it was given to, by nobody else, whatever he may and also by SQL;
// neither changes it; an authority's login opens supervision and its own accounts, nothing else of the product.
import { beforeAll, expect, test } from 'vitest'
import { contracts as all } from '../../../apps/contracts.ts'
import { supervision as api } from '../contract.ts'
import { Refused } from '../../../kernel/client.ts'
import { setClock } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { identity } from '../../identity/contract.ts'
import { permissionsOfKind } from '../../identity/server/index.ts'
import { property } from '../../property/contract.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { sampleInput } from '../../../../tests/sample_input.ts'
import { authority, invite, reporting, type Authority } from '../../../../tests/supervision_kit.ts'
import { lasting } from '../../../../tests/votes_kit.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'

let t: TestApp
let w: TinyWorld
let a: Authority
let b: Authority
let link_id: string
beforeAll(async () => {
  setClock('2026-03-05T04:00:00.000Z')
  t = await testApp()
  w = await tinyWorld(t)
  a = await authority(t, 'zhujian_a')
  b = await authority(t, 'zhujian_b')
  link_id = await reporting(a, t.as('manager'), w.community_id)
}, 120_000)

const GIVEN = ['link', 'link_end', 'report', 'report_fact'] as const
const counts = (company_id: number) => t.inside(async (s) => Promise.all(GIVEN.map(async (x) => (await s.client.query<{ n: number }>(`select count(*)::int as n from supervision.${x}`)).rows[0]!.n)), company_id)

test('by SQL under the role of the application: the writer and the one it was given to see rows, nobody else', async () => {
  expect(await counts(t.company_id)).toEqual([1, 0, 1, 6])
  expect(await counts(a.company_id)).toEqual([1, 0, 1, 6])
  expect(await counts(b.company_id)).toEqual([0, 0, 0, 0])
  expect(await counts(t.other_company_id)).toEqual([0, 0, 0, 0])
  // Not even named: another's invitation, district and register.
  for (const company_id of [b.company_id, t.other_company_id, t.company_id]) for (const x of ['district', 'invite', 'place', 'firm', 'told']) expect([company_id, x, await t.inside(async (s) => (await s.client.query(`select from supervision.${x} where company_id = ${a.company_id}`)).rows.length, company_id)]).toEqual([company_id, x, 0])
})
test('what is given is changed by neither side, and nobody writes in the name of another', async () => {
  const tried = (company_id: number, text: string) => inTransaction(t.app.d, { company_id }, async ({ client }) => client.query(text)).then(() => 'done', (e: Error) => e.message)
  for (const company_id of [t.company_id, a.company_id]) {
    for (const x of GIVEN) {
      expect(await tried(company_id, `update supervision.${x} set company_id = ${company_id}`)).toMatch(/permission denied/)
      expect(await tried(company_id, `delete from supervision.${x}`)).toMatch(/permission denied/)
    }
  }
  const forged = `insert into supervision.link_end (company_id, link_id, to_company_id, reason, made_by_name, made_at) values (${t.company_id}, '${link_id}', ${a.company_id}, '冒名', '冒名', now())`
  expect(await tried(b.company_id, forged)).toMatch(/row-level security/)
  expect(await tried(a.company_id, forged)).toMatch(/row-level security/)
  // A stranger's end of a link is a row of his own, and ends nothing.
  expect(await tried(b.company_id, `insert into supervision.link_end (company_id, link_id, to_company_id, reason, made_by_name, made_at) values (${b.company_id}, '${link_id}', ${t.company_id}, '冒名', '冒名', now())`)).toBe('done')
  expect((await t.as('manager')(api.links, {})).rows).toMatchObject([{ link_id, ended: null }])
  expect((await a(api.incoming, {})).rows).toMatchObject([{ link_id, ended: null }])
})
test('through the calls: the other authority and the other company find nothing', async () => {
  expect((await b(api.incoming, {})).rows).toEqual([])
  await expectRefused(b(api.adopt, { link_id }), 'kernel.not_found')
  await expectRefused(b(api.refuseLink, { link_id, reason: '不在本辖区' }), 'kernel.not_found')
  expect((await t.as('other_admin')(api.links, {})).rows).toEqual([])
  await expectRefused(t.as('other_admin')(api.sent, { link_id }), 'kernel.not_found')
  await expectRefused(t.as('other_admin')(api.send, { link_id }), 'kernel.not_found')
  const { place_id } = await a(api.savePlace, { district_id: a.street_id, name: '甲小区', kind: '商品房' })
  for (const who of [b, t.as('admin')]) await expectRefused(who(api.place, { place_id }), 'kernel.not_found')
  await expectRefused(b(api.savePlace, { district_id: a.street_id, name: '乙小区', kind: '商品房' }), 'kernel.not_found')
  await expectRefused(b(api.setFact, { place_id, code: 'tender', answer: 'yes', said: '冒名' }), 'kernel.not_found')
})
test('a report holds counts and contract numbers, no person of the community', async () => {
  const rows = await t.inside(async (s) => JSON.stringify((await s.client.query('select r.*, (select jsonb_agg(to_jsonb(f)) from supervision.report_fact f where f.report_id = r.report_id) as facts from supervision.report r')).rows), a.company_id)
  for (const secret of ['张三', '李四', '王五', '孙七', '13800000101', '110101199003070097', '1-1-101']) expect(rows).not.toContain(secret)
  expect(rows).toContain('花园小区')
})
test('a code is known by its holder only, and dies on its day', async () => {
  const code = await invite(a)
  expect(await t.as('other_admin')(api.whoInvites, { code: code.toLowerCase() })).toMatchObject({ district_name: '眉县 首善街道' })
  await expectRefused(t.as('other_admin')(api.whoInvites, { code: 'ABCDE-FGHJK' }), 'supervision.code_unknown')
  setClock('2026-03-20T04:00:00.000Z')
  await lasting(t)
  await expectRefused(t.as('manager')(api.join, { code, community_id: w.community_id }), 'supervision.code_over')
  setClock('2026-03-05T04:00:00.000Z')
  // Who has no reach over the community does not join it.
  const far = await t.as('admin')(property.saveCommunity, { name: '远处小区', kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const near = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(near(api.join, { code, community_id: far.community_id }), 'kernel.not_found')
  await expectRefused(near(api.preview, { community_id: far.community_id }), 'kernel.not_found')
  await expectRefused(near(api.join, { code, community_id: w.community_id }), 'supervision.linked')
})
test("an authority's administrator is refused by every call outside supervision and its own accounts; an administrator of a company finds no authority's rows", async () => {
  const own = new Set(permissionsOfKind('authority', t.app.permissionWords.keys()))
  let refused = 0
  for (const m of all)
    for (const call of Object.values(m.contract)) {
      if (['public', 'signed_in', 'resident'].includes(call.may)) continue
      const input = sampleInput(call.takes) as Record<string, unknown>
      const code = await a(call as never, (call.kind === 'write' ? { ...input, dry_run: true } : input) as never).then(() => 'in', (e: unknown) => (e instanceof Refused ? e.code : `fault in ${call.name}: ${String(e)}`))
      if (own.has(call.may)) expect([call.name, code]).not.toEqual([call.name, 'kernel.forbidden'])
      else {
        expect([call.name, code]).toEqual([call.name, 'kernel.forbidden'])
        refused += 1
      }
      if (m.name !== 'supervision' || !own.has(call.may)) continue
      const theirs = await t.as('admin')(call as never, (call.kind === 'write' ? { ...input, dry_run: true } : input) as never).then(() => 'in', (e: unknown) => (e instanceof Refused ? e.code : `fault in ${call.name}: ${String(e)}`))
      expect([call.name, theirs]).toEqual([call.name, 'kernel.not_found'])
    }
  expect(refused).toBeGreaterThan(500)
  expect((await a(identity.me, {})).company_kind).toBe('authority')
  expect((await a(identity.permissions, {})).groups.map((g) => g.module).toSorted()).toEqual(['identity', 'supervision', 'system'])
  expect((await t.as('admin')(identity.permissions, {})).groups.find((g) => g.module === 'supervision')!.permissions.map((p) => p.code)).toEqual(['supervision.report.read', 'supervision.report.send'])
}, 180_000)
test('an authority hires officers of its own, the last administrator stays', async () => {
  const { rows } = await a(identity.roles, {})
  expect(rows.map((r) => r.code).toSorted()).toEqual(['admin', 'officer', 'visitor'])
  const made = await a(identity.addMember, { name: '监管经办', login: 'jingban_a', grants: [{ role_id: rows.find((r) => r.code === 'officer')!.role_id, scope_kind: 'company', scope_ids: [] }] })
  const { session } = (await t.withToken(undefined)(identity.signIn, { login: 'jingban_a', password: made.first_password })) as { session: { token: string } }
  const officer = t.withToken(session.token)
  expect((await officer(api.places, {})).total).toBe(1)
  await expectRefused(officer(identity.members, {}), 'kernel.forbidden')
  const admin = (await a(identity.members, {})).rows.find((m) => m.login === 'zhujian_a')!
  await expectRefused(a(identity.setMember, { account_id: admin.account_id, disabled: true }), 'identity.last_admin')
})
