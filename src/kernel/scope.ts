// What a call is given: who asks, for which company, at what time, and the one transaction it runs in.
import { give, type Db, type DB, type Tx } from './db.ts'
import type pg from 'pg'
import { Refusal, notFound } from './refuse.ts'

export type Face = 'admin' | 'resident' | 'staff' | 'api' | 'system'

export interface Grant {
  role_code: string
  role_name: string
  permissions: readonly string[]
  scope_kind: 'company' | 'community' | 'building'
  scope_ids: readonly string[]
}

export interface Who {
  kind: 'anonymous' | 'staff' | 'resident' | 'system'
  account_id: string | null
  name: string
  phone: string | null
  face: Face
  ip: string | null
  agent: string | null
  session: string | null
  grants: readonly Grant[]
}

export const system: Who = { kind: 'system', account_id: null, name: '系统', phone: null, face: 'system', ip: null, agent: null, session: null, grants: [] }

/** Which rows a permission reaches: everything of the company, or these communities and buildings. */
export interface Reach {
  all: boolean
  community_ids: string[]
  building_ids: string[]
}

export function reachOf(who: Who, permission: string): Reach {
  if (who.kind === 'system') return { all: true, community_ids: [], building_ids: [] }
  const r: Reach = { all: false, community_ids: [], building_ids: [] }
  if (who.kind !== 'staff') return r
  for (const g of who.grants) {
    if (!g.permissions.includes(permission) && !g.permissions.includes('*')) continue
    if (g.scope_kind === 'company') r.all = true
    else if (g.scope_kind === 'community') r.community_ids.push(...g.scope_ids)
    else r.building_ids.push(...g.scope_ids)
  }
  return r
}

export function mayDo(who: Who, may: string): boolean {
  if (may === 'public') return true
  if (who.kind === 'system') return true
  if (who.kind === 'anonymous') return false
  if (may === 'signed_in') return true
  if (may === 'resident') return who.kind === 'resident'
  return who.kind === 'staff' && who.grants.some((g) => g.permissions.includes(may) || g.permissions.includes('*'))
}

export interface AuditNote {
  subject_type: string
  subject_id: string
  /** Before and after, or what else a reader of the audit wants; personal numbers stay out. */
  detail?: Record<string, unknown>
}

export interface JobAsk {
  name: string
  payload: Record<string, unknown>
  /** Jobs of one lane run one after the other. */
  lane?: string
  run_at?: string
  attempts_max?: number
  total_count?: number
}

export interface EventWritten {
  event_id: string
  name: string
  subject: string
  payload: Record<string, unknown>
}

interface Compiled {
  compile: (db: Db) => { sql: string; parameters: readonly unknown[] }
}
export class Scope {
  readonly who: Who
  readonly company_id: number
  /** The call's instant, ISO in UTC; one value for the whole call. */
  readonly now: string
  /** The business day of `now`, Asia/Shanghai. */
  readonly today: string
  readonly db: Db
  readonly client: pg.PoolClient
  private readonly tx: Tx
  readonly request_id: string | null
  /** The permission the call was let in by; access files take the rows it reaches. */
  readonly may: string
  readonly dry_run: boolean
  readonly notes: AuditNote[] = []
  readonly events: EventWritten[] = []
  readonly jobs: JobAsk[] = []
  readonly seen_by: number[] = []
  /** Who the call turned out to be: a sign-in begins as nobody. */
  actor: { account_id: string | null; name: string }
  constructor(o: { who: Who; company_id: number; now: string; today: string; tx: Tx; request_id: string | null; may: string; dry_run: boolean }) {
    this.who = o.who
    this.actor = o.who
    this.company_id = o.company_id
    this.now = o.now
    this.today = o.today
    this.db = o.tx.db
    this.client = o.tx.client
    this.tx = o.tx
    this.request_id = o.request_id
    this.may = o.may
    this.dry_run = o.dry_run
  }
  /** `throw scope.refuse('billing.already_paid', { … })`. The code must stand in the contract of the call. */
  refuse(code: string, params: Record<string, unknown> = {}): Refusal {
    return new Refusal(code, params, this.seen_by)
  }
  /** Not there and not visible are one answer. */
  notFound(): Refusal {
    return notFound()
  }
  /** Which rows the call's permission (or another) reaches for this person. */
  reach(permission: string = this.may): Reach {
    return reachOf(this.who, permission)
  }
  /** What the audit should say this call changed. */
  note(subject_type: string, subject_id: string, detail?: Record<string, unknown>): void {
    this.notes.push({ subject_type, subject_id, ...(detail ? { detail } : {}) })
  }
  /** The audit of this company shows the call too, done or refused: sign-in runs before a company is known. */
  seenBy(...company_ids: number[]): void {
    this.seen_by.push(...company_ids)
  }
  /** The audit names this person as the one who acted: said by a sign-in that was right, never by one that was refused. */
  knownAs(account_id: string, name: string): void {
    this.actor = { account_id, name }
  }
  /** The trail of this call names nobody; set by the road for calls that promise it. */
  unnamed = false
  hide(): void {
    this.unnamed = true
    this.actor = { account_id: null, name: '匿名' }
  }
  /** A statement given to the connection already and not waited for: it travels with COMMIT, and its fault is the transaction's. */
  last(statement: Promise<unknown>): void {
    this.tx.last(statement)
  }
  /** A statement of Kysely's, given to the connection in this very turn: what is given before it runs before it, whoever waits for which. */
  give(statement: Compiled): Promise<unknown> {
    return give(this.client, statement.compile(this.db))
  }
  /** The same for the end of the transaction: it travels with COMMIT, in the order of the calls. */
  put(statement: Compiled): void {
    this.last(this.give(statement))
  }
  /** A fact of the past; listeners run later, at least once, in order per subject. */
  emit(name: string, subject: string, payload: Record<string, unknown>): void {
    this.events.push({ event_id: '', name, subject, payload })
  }
  /** A job written in this transaction; it exists only if the transaction commits. */
  later(job: JobAsk): void {
    this.jobs.push(job)
  }
}
export type { DB }

/** What residents and the clock do with money is done in the name of a member of staff: a bill, a void and a refund need somebody who answers for them. */
export const inNameOf = (scope: Scope, account_id: string): Scope => (scope.who.kind === 'staff' ? scope : Object.assign(Object.create(Object.getPrototypeOf(scope) as object), scope, { who: { ...scope.who, account_id } }) as Scope)
