// Proofs over the votes: each is one query that must find nothing (V1 to V3 of the invariants).
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Check } from '../../ledger/contract.ts'
import { check } from '../../ledger/server/index.ts'
import { CHOICES } from '../contract.ts'
import { ROLL_HASH } from './roll.ts'
import { MOTIONS_HASH } from './steps.ts'

export async function sweepVotes(scope: Scope): Promise<Check[]> {
  const c = scope.company_id
  const sums = (choice: string) => sql`count(*) filter (where x.choice = ${choice}) as ${sql.ref(`${choice}_count`)}, coalesce(sum(x.area_m2) filter (where x.choice = ${choice}), 0) as ${sql.ref(`${choice}_m2`)}`
  const differs = sql.join(CHOICES.map((k) => sql`r.${sql.ref(`${k}_count`)} <> coalesce(x.${sql.ref(`${k}_count`)}, 0) or r.${sql.ref(`${k}_m2`)} <> coalesce(x.${sql.ref(`${k}_m2`)}, 0)`), sql` or `)
  return [
    await check(scope, 'V1', '每个表决权人每个议题只计最后一张票', sql`select coalesce(k.voter_id, l.voter_id)::text as what from (select voter_id, motion_id, ballot_id from votes.counted where company_id = ${c}) k
      full join (select b.voter_id, x.motion_id, b.ballot_id from votes.ballot b join votes.ballot_choice x on x.company_id = ${c} and x.ballot_id = b.ballot_id where b.company_id = ${c} and not exists (select from votes.ballot n where n.company_id = ${c} and n.poll_id = b.poll_id and n.voter_id = b.voter_id and n.round_no > b.round_no)) l on l.voter_id = k.voter_id and l.motion_id = k.motion_id and l.ballot_id = k.ballot_id where k.voter_id is null or l.voter_id is null`),
    await check(scope, 'V2', '名册和议题与冻结时相同,每人面积等于其房产之和', sql`select v.title as what from votes.poll v left join lateral (select count(*) as n, sum(n.area_m2) as m2, bool_or(n.area_m2 <> coalesce((select sum(h.area_m2) from votes.voter_house h where h.company_id = ${c} and h.poll_id = n.poll_id and h.voter_id = n.voter_id), -1)) as wrong from votes.voter n where n.company_id = ${c} and n.poll_id = v.poll_id) s on true
      where v.company_id = ${c} and ((v.roll_hash is not null and (v.eligible_count <> s.n or v.eligible_m2 is distinct from s.m2 or s.wrong or v.roll_hash <> ${ROLL_HASH(scope, sql`v.poll_id`)})) or (v.motions_hash is not null and v.motions_hash <> ${MOTIONS_HASH(scope, sql`v.poll_id`)}))`),
    await check(scope, 'V3', '计票结果等于选票之和,也等于公布名单之和', sql`select r.motion_id::text as what from votes.result r join votes.motion m on m.company_id = ${c} and m.motion_id = r.motion_id join votes.poll v on v.company_id = ${c} and v.poll_id = r.poll_id
        left join (select k.motion_id, ${sql.join(CHOICES.map(sums))} from votes.counted k join (select y.ballot_id, y.motion_id, y.choice, n.area_m2 from votes.ballot_choice y join votes.ballot b on b.company_id = ${c} and b.ballot_id = y.ballot_id join votes.voter n on n.company_id = ${c} and n.poll_id = b.poll_id and n.voter_id = b.voter_id where y.company_id = ${c}) x on x.ballot_id = k.ballot_id and x.motion_id = k.motion_id where k.company_id = ${c} group by 1) x on x.motion_id = r.motion_id
        where r.company_id = ${c} and (${differs})
      union all select r.motion_id::text from votes.result r join votes.motion m on m.company_id = ${c} and m.motion_id = r.motion_id join votes.poll v on v.company_id = ${c} and v.poll_id = r.poll_id and v.state = 'published'
        left join (select x.poll_id, x.no, ${sql.join(CHOICES.map(sums))} from (select l.poll_id, e.key as no, e.value as choice, l.area_m2 from votes.listed l, jsonb_each_text(l.choices) e where l.company_id = ${c}) x group by 1, 2) x on x.poll_id = r.poll_id and x.no = m.motion_no::text
        where r.company_id = ${c} and (${differs})`),
    await check(scope, 'V3B', '截止后没有选票,回执码与选票内容相符', sql`select b.ballot_id::text as what from votes.ballot b join votes.poll v on v.company_id = ${c} and v.poll_id = b.poll_id join votes.voter n on n.company_id = ${c} and n.poll_id = b.poll_id and n.voter_id = b.voter_id where b.company_id = ${c} and (b.cast_at >= v.closes_at or b.cast_at < v.opens_at or b.cast_at > v.closed_at
      or replace(b.receipt_code, '-', '') <> upper(left(encode(sha256(convert_to('heyuan-vote-1|' || b.poll_id || '|' || b.ballot_id || '|' || n.area_m2 || '|' || (select coalesce(string_agg(m.motion_no || '=' || x.choice, ';' order by m.motion_no), '') from votes.ballot_choice x join votes.motion m on m.company_id = ${c} and m.motion_id = x.motion_id where x.company_id = ${c} and x.ballot_id = b.ballot_id) || '|' || b.salt, 'UTF8')), 'hex'), 20)))`),
  ]
}
