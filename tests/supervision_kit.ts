// What tests of supervision stand on: an authority with a district, its administrator, and a company that joined it.
import { identity } from '../src/modules/identity/contract.ts'
import { createCompany } from '../src/modules/identity/server/index.ts'
import { supervision } from '../src/modules/supervision/contract.ts'
import type { Caller, TestApp } from './harness.ts'

export type Authority = Caller & { token: string; company_id: number; street_id: string; other_street_id: string }
const PASSWORD = 'Zhu-Jian-9-Ju-88'
export async function authority(t: TestApp, login: string, name = `${login} 住房和城乡建设局`): Promise<Authority> {
  const { company_id } = await t.inside((s) => createCompany(s, { name, short_name: name.slice(0, 10), admin_name: '监管员', login, password: PASSWORD, kind: 'authority' }, t.app.permissionWords.keys()), 0)
  const { session } = (await t.withToken(undefined)(identity.signIn, { login, password: PASSWORD })) as { session: { token: string } }
  const as = t.withToken(session.token)
  const { district_id: county } = await as(supervision.saveDistrict, { kind: 'county', name: '眉县' })
  const street = async (n: string): Promise<string> => (await as(supervision.saveDistrict, { kind: 'street', parent_id: county, name: n })).district_id
  return Object.assign(as, { token: session.token, company_id, street_id: await street('首善街道'), other_street_id: await street('常兴镇') })
}
export const invite = async (gov: Authority, district_id = gov.street_id): Promise<string> => (await gov(supervision.makeInvite, { district_id })).invite_token
/** A community that reports, with one report sent. */
export async function reporting(gov: Authority, as: Caller, community_id: string): Promise<string> {
  const { link_id } = await as(supervision.join, { code: await invite(gov), community_id })
  await as(supervision.send, { link_id })
  return link_id
}
