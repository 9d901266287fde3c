// 业委会: the terms of a community and who serves, with the day by which the re-election has to begin.
import { Button, Space } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { votes, type Committee, type CommitteeMember } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

const TONE = { coming: 'warn', serving: 'good', over: 'plain' } as const
export default function CommitteePage() {
  const { place_id, places } = usePlace()
  const may = useMay()('votes.committee.write')
  const list = useRead(votes.committees, place_id ? { community_id: place_id } : {})
  const [edit, setEdit] = useState<{ row?: Committee }>()
  const save = useWrite(votes.saveCommittee, { in_form: true, done: '已登记' })
  const polls = useRead(votes.polls, { page_size: 50, ...(edit?.row ? { community_id: edit.row.community_id } : place_id ? { community_id: place_id } : {}), state: 'published' }, { enabled: edit !== undefined })
  const close = (): void => { setEdit(undefined); save.reset() }
  const r = edit?.row
  return (
    <ReadPage title="业委会" loading={list.loading} error={list.error} retry={list.retry} actions={may ? <Button type="primary" onClick={() => setEdit({})}>登记新一届</Button> : null}>
      {list.data?.rows.length === 0 ? <div className="hy-card"><EmptyBlock text="还没有登记业主委员会" /></div> : <div className="hy-stack">{(list.data?.rows ?? []).map((k) => <One key={k.committee_id} k={k} may={may} edit={() => setEdit({ row: k })} />)}</div>}
      {edit ? <FormDrawer
        open onClose={close} title={r ? `修改第 ${r.term_no} 届` : '登记新一届'} columns={2} call={votes.saveCommittee} loading={save.running} submitError={save.error} words={{ kind: words.states!['committee']! }} fixed={r ? { committee_id: r.committee_id, community_id: r.community_id } : {}}
        fields={[...(r ? [] : [{ name: 'community_id' as const, kind: 'select' as const, options: places.map((p) => ({ value: p.id, label: p.name })) }]), { name: 'kind', kind: 'select', options: optionsOf(words.states!['committee']) }, 'term_no', { name: 'seats_count', help: '单数' }, 'from_on', 'to_on', { name: 'remind_months', help: '北京 6 个月、上海 5 个月' }, 'filed_no', 'filed_on', { name: 'poll_id', kind: 'select', options: (polls.data?.rows ?? []).map((v) => ({ value: v.poll_id, label: v.title })), help: '已公布的表决' }, { name: 'note', wide: true }]}
        initial={r ? { kind: r.kind, term_no: r.term_no, seats_count: r.seats_count, from_on: r.from_on, to_on: r.to_on, remind_months: r.remind_months, filed_no: r.filed_no, filed_on: r.filed_on, poll_id: r.poll_id, note: r.note } : { community_id: place_id ?? places[0]?.id ?? '', kind: 'committee', term_no: 1, seats_count: 7, remind_months: 6, from_on: today() }}
        onSubmit={async (i) => { if (await save.run(i)) close() }}
      /> : null}
    </ReadPage>
  )
}
function One({ k, may, edit }: { k: Committee; may: boolean; edit: () => void }) {
  const [act, setAct] = useState<{ kind: 'add' } | { kind: 'end'; m: CommitteeMember }>()
  const add = useWrite(votes.addCommitteeMember, { in_form: true, done: '已登记' })
  const end = useWrite(votes.endCommitteeMember, { in_form: true, done: '已登记离任' })
  const close = (): void => { setAct(undefined); add.reset(); end.reset() }
  const serving = k.members.filter((m) => m.to_on === null && m.post !== 'reserve').length
  return (
    <section className="hy-card hy-stack" aria-label={`第 ${k.term_no} 届${said('committee', k.kind)}`}>
      <div className="hy-head"><h2 style={{ fontSize: 16, margin: 0 }}>{k.community_name} 第 {k.term_no} 届{said('committee', k.kind)} <StateTag value={k.state} words={words.states?.['term']} tones={TONE} /></h2>{may ? <Space><Button onClick={() => setAct({ kind: 'add' })}>登记成员</Button><Button onClick={edit}>修改</Button></Space> : null}</div>
      <Facts facts={[['任期', `${k.from_on} 至 ${k.to_on}`], ['名额', `${k.seats_count} 名,现任 ${serving} 名`], ['备案', k.filed_no ? `${k.filed_no}(${k.filed_on})` : '未登记备案'], ['启动换届', <span key="r" className={k.due ? 'hy-red hy-strong' : ''}>{k.renew_on}{k.due ? ',应启动换届' : ''}</span>], ...(k.poll_id ? ([['选举', <Go key="p" to={`/votes/${k.poll_id}`}>{k.poll_title}</Go>]] as const) : []), ...(k.note ? ([['说明', k.note]] as const) : [])]} />
      <RowsTable label="成员" rows={k.members} row_key="member_id" empty="还没有登记成员" columns={[{ key: 'name', title: '姓名', width: 110 }, { key: 'post', title: '职务', width: 90, show: (m) => said('member_post', m.post) }, { key: 'houses', title: '房产', width: 140, show: (m) => m.houses ?? '—' }, { key: 'from_on', title: '任职起', width: 110 }, { key: 'to_on', title: '任职止', width: 110, show: (m) => m.to_on ?? '现任' }, { key: 'end_reason', title: '离任原因', width: 180, show: (m) => m.end_reason ?? '—' }, ...(may ? [{ key: 'act', title: '操作', width: 80, show: (m: CommitteeMember) => (m.to_on === null ? <Button size="small" onClick={() => setAct({ kind: 'end', m })}>离任</Button> : null) }] : [])]} />
      {act?.kind === 'add' ? <FormModal open onClose={close} title="登记成员" call={votes.addCommitteeMember} loading={add.running} submitError={add.error} fixed={{ committee_id: k.committee_id }} words={{ post: words.states!['member_post']! }} fields={['name', { name: 'post', kind: 'select' }, { name: 'houses', help: '如 3-1-502' }, 'from_on']} initial={{ post: 'member', from_on: k.from_on }} onSubmit={async (i) => { if (await add.run(i)) close() }} /> : null}
      {act?.kind === 'end' ? <FormModal open onClose={close} title={`${act.m.name} 离任`} call={votes.endCommitteeMember} loading={end.running} submitError={end.error} fixed={{ member_id: act.m.member_id }} fields={['to_on', 'reason']} initial={{ to_on: today(), reason: '' }} onSubmit={async (i) => { if (await end.run(i)) close() }} /> : null}
    </section>
  )
}
