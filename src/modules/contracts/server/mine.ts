// To residents: what was disclosed of the communities of their houses while it is in force (COM-07), what was signed for the houses they own, what they are a party of.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { contracts } from '../contract.ts'
import { ownOf } from './access.ts'
import { fileAnswer, type Stored } from './papers.ts'
import { IN_FORCE, SHOWN_STATE } from './rows.ts'

const ROWS_MAX = 200
type Mine = Out<typeof contracts.myContracts.gives>
export const mineAnswers = (app: () => App) => [
  answer(contracts.myContracts, async (scope) => {
    const c = scope.company_id
    const me = await ownOf(scope)
    // Persons who are a party stay unnamed: what is disclosed is the contract, not who signed as a neighbour.
    const { rows: posted } = await sql<Mine['posted'][number]>`select t.contract_id, k.name as kind_name, t.title, t.no, m.name as community_name, t.from_on, t.to_on, array(select y.name from contracts.party y where y.company_id = ${c} and y.contract_id = t.contract_id and y.person_id is null order by y.party_no) as parties,
        (select jsonb_agg(jsonb_build_object('paper_id', p.paper_id, 'title', p.title, 'version_no', p.version_no, 'posted_on', to_char(p.posted_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD'), 'post_note', p.post_note) order by p.role desc, p.title, p.version_no desc) from contracts.paper p where p.company_id = ${c} and p.contract_id = t.contract_id and p.posted_at is not null and p.withdrawn_at is null) as papers
      from contracts.contract t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id join property.community m on m.company_id = ${c} and m.community_id = t.community_id
      where t.company_id = ${c} and t.community_id = any(${me.community_ids}::uuid[]) and k.is_public and ${IN_FORCE(scope)} and exists (select from contracts.paper p where p.company_id = ${c} and p.contract_id = t.contract_id and p.posted_at is not null and p.withdrawn_at is null)
      order by m.name, k.sort_no, t.from_on desc limit ${ROWS_MAX}`.execute(scope.db)
    const { rows: signed } = await sql<Mine['signed'][number]>`select s.signature_id, h.label as house_label, k.name as kind_name, t.title, s.signed_on, s.signer_name, s.file_id is not null as has_file from contracts.signature s join contracts.contract t on t.company_id = ${c} and t.contract_id = s.contract_id join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id join property.house h on h.company_id = ${c} and h.house_id = s.house_id
      where s.company_id = ${c} and s.house_id = any(${me.owned}::uuid[]) and s.void_at is null and exists (select from people.ownership o where o.company_id = ${c} and o.house_id = s.house_id and o.person_id = any(${me.person_ids}::uuid[]) and o.from_on <= s.signed_on and (o.to_on is null or o.to_on > s.signed_on)) order by s.signed_on desc, s.signature_id limit ${ROWS_MAX}`.execute(scope.db)
    const { rows: mine } = await sql<Mine['mine'][number]>`select t.contract_id, t.no, k.name as kind_name, t.title, ${SHOWN_STATE(scope)} as state, t.from_on, t.to_on, (select coalesce(jsonb_agg(jsonb_build_object('paper_id', p.paper_id, 'title', p.title) order by p.made_at desc), '[]') from contracts.paper p where p.company_id = ${c} and p.contract_id = t.contract_id and p.role in ('signed','end')) as papers
      from contracts.contract t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id where t.company_id = ${c} and t.state in ('active','renewed','terminated') and exists (select from contracts.party y where y.company_id = ${c} and y.contract_id = t.contract_id and y.person_id = any(${me.person_ids}::uuid[])) order by t.from_on desc, t.contract_id limit ${ROWS_MAX}`.execute(scope.db)
    return { posted, signed, mine }
  }),
  answerFile(contracts.myPaperFile, async (scope, { paper_id }) => {
    const c = scope.company_id
    const me = await ownOf(scope)
    const { rows } = await sql<Stored>`select p.file_name as name, f.sha256, f.type from contracts.paper p join contracts.contract t on t.company_id = ${c} and t.contract_id = p.contract_id join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id join kernel.file f on f.company_id = ${c} and f.file_id = p.file_id
      where p.company_id = ${c} and p.paper_id = ${paper_id} and ((k.is_public and p.posted_at is not null and p.withdrawn_at is null and t.community_id = any(${me.community_ids}::uuid[]) and ${IN_FORCE(scope)})
        or (p.role in ('signed','end') and t.state in ('active','renewed','terminated') and exists (select from contracts.party y where y.company_id = ${c} and y.contract_id = t.contract_id and y.person_id = any(${me.person_ids}::uuid[]))))`.execute(scope.db)
    return fileAnswer(app(), scope, rows[0])
  }),
  answerFile(contracts.mySignatureFile, async (scope, { signature_id }) => {
    const c = scope.company_id
    const me = await ownOf(scope)
    const { rows } = await sql<Stored>`select s.file_name as name, f.sha256, f.type from contracts.signature s join kernel.file f on f.company_id = ${c} and f.file_id = s.file_id where s.company_id = ${c} and s.signature_id = ${signature_id} and s.void_at is null and s.house_id = any(${me.owned}::uuid[])
      and exists (select from people.ownership o where o.company_id = ${c} and o.house_id = s.house_id and o.person_id = any(${me.person_ids}::uuid[]) and o.from_on <= s.signed_on and (o.to_on is null or o.to_on > s.signed_on))`.execute(scope.db)
    return fileAnswer(app(), scope, rows[0])
  }),
]
