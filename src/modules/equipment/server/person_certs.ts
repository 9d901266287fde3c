// Certificates of persons, for whoever plans who may do what: which day the newest of a kind runs out, wherever in the company it was registered: here or in the staff file of
// the account's owner (module staff, ADR 0588). Kinds of both are one where their codes are.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { certsByAccount } from '../../staff/server/index.ts'
import { certKinds, certPolicy, writeCertKinds } from './cert_config.ts'
import { bounds } from './rules/ladder.ts'

export interface PersonCert {
  kind_id: string
  account_id: string
  valid_to_on: string
}
/** The newest by the day of inspection; one that was refused counts as run out. */
export async function personCerts(scope: Scope, kind_ids: readonly string[], account_ids: readonly string[]): Promise<PersonCert[]> {
  if (kind_ids.length === 0 || account_ids.length === 0) return []
  const { rows } = await sql<PersonCert>`select distinct on (x.kind_id, x.account_id) x.kind_id, x.account_id, case when x.result = 'fail' then x.valid_from_on - 1 else x.valid_to_on end as valid_to_on from equipment.cert x
    where x.company_id = ${scope.company_id} and x.kind_id = any(${[...new Set(kind_ids)]}::uuid[]) and x.account_id = any(${[...new Set(account_ids)]}::uuid[]) and x.ended_at is null order by x.kind_id, x.account_id, x.valid_from_on desc, x.valid_to_on desc, x.made_at desc`.execute(scope.db)
  return withFiles(scope, kind_ids, account_ids, rows)
}
/** A certificate that does not run out holds as long as any date does. */
const NEVER = '9999-12-31'
async function withFiles(scope: Scope, kind_ids: readonly string[], account_ids: readonly string[], here: readonly PersonCert[]): Promise<PersonCert[]> {
  const by = new Map((await certKinds(scope)).filter((k) => kind_ids.includes(k.kind_id)).map((k) => [k.code, k.kind_id]))
  const filed = (await certsByAccount(scope, [...by.keys()], account_ids)).map((x) => ({ kind_id: by.get(x.code)!, account_id: x.account_id, valid_to_on: x.valid_to_on ?? NEVER }))
  const key = (x: PersonCert): string => `${x.kind_id} ${x.account_id}`
  const later = (a: PersonCert, b: PersonCert | undefined): boolean => b === undefined || a.valid_to_on > b.valid_to_on
  const out = new Map(here.map((x) => [key(x), x]))
  for (const x of filed) if (later(x, out.get(key(x)))) out.set(key(x), x)
  return [...out.values()]
}
export interface PersonKind {
  kind_id: string
  code: string
  name: string
  /** So many days before it runs out it is near. */
  near_days: number
}
export async function personKinds(scope: Scope): Promise<PersonKind[]> {
  const [kinds, policy] = await Promise.all([certKinds(scope), certPolicy(scope)])
  return kinds.filter((k) => k.subject === 'person' && !k.retired).map((k) => ({ kind_id: k.kind_id, code: k.code, name: k.name, near_days: bounds(k.rule.ladder ?? policy.ladder).near }))
}
export { writeCertKinds }
