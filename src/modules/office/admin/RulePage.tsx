// 制度详情: the version in force and every other, who has read it, the work it is for, and what may be done.
import { Button, Select } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useGo, useParam, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { office, type RuleDetail, type VersionRow, type VersionText } from '../contract.ts'
import { RuleText } from '../RuleText.tsx'
import { TONES, said } from '../shown.ts'
import { words } from '../words.ts'
import { LinksDrawer } from './LinksDrawer.tsx'
import { Readers } from './Readers.tsx'
import { RuleDrawer } from './RuleDrawer.tsx'

export default function RulePage() {
  const doc_id = useParam('doc_id')
  const [search, setSearch] = useSearchState()
  const q = useRead(office.rule, { doc_id }, { stale_ms: 0 })
  const d = q.data
  const version_id = d ? (d.versions.find((v) => v.version_id === search['v'])?.version_id ?? d.current_id ?? d.versions[0]!.version_id) : ''
  const v = useRead(office.version, { version_id }, { enabled: version_id !== '', stale_ms: 0 })
  const shown = v.data?.version_id === version_id ? v.data : undefined
  const at = d?.versions.find((x) => x.version_id === version_id)
  return (
    <DetailPage
      title={at?.title ?? '制度详情'} loading={q.loading} error={q.error} retry={q.retry} back="/office/rules" tags={at ? <><StateTag value={at.state} words={words.states!['rule']} tones={TONES} /><span className="hy-muted">第 {at.version_no} 版</span></> : null}
      actions={d ? <Acts d={d} v={shown} /> : null} facts={d && at ? factsOf(d, at, shown) : []}
      tabs={d ? [
        { key: 'words', label: '内容', children: () => (v.error ? <ErrorBlock error={v.error} retry={v.retry} /> : shown ? <Words v={shown} d={d} pick={(id) => setSearch({ v: id })} /> : <LoadingBlock />) },
        { key: 'versions', label: '历次版本', badge: d.versions.length, children: () => <Versions d={d} open={(id) => setSearch({ v: id, tab: 'words' })} /> },
        ...(shown && shown.state !== 'draft' && shown.state !== 'asked' ? [{ key: 'readers', label: '阅读情况', children: () => <Readers v={shown} /> }] : []),
        { key: 'links', label: '用于工作', badge: d.links.length, children: () => <Links d={d} /> },
      ] : []}
    />
  )
}
function factsOf(d: RuleDetail, at: VersionRow, v: VersionText | undefined): [string, React.ReactNode][] {
  const all: [string, React.ReactNode][] = [
    ['编号', d.no], ['分类', d.class_name], ['适用范围', d.community_name], ['生效日', at.from_on], ['谁必须读', v ? v.targets.map((t) => (t.kind === 'all' ? t.name : `${said('target', t.kind)} ${t.name}`)).join('、') : null], ['阅读', v && at.agreed_at ? `应读 ${v.reader_count} 人,已读 ${v.read_count} 人${v.must_confirm ? `,已确认 ${v.confirmed_count} 人` : ''}${v.kept ? '(记录已到期删除)' : ''}` : null],
    ['拟稿', `${at.made_by_name} ${instant(at.made_at)}`], ['批准', at.agreed_at ? `${at.agreed_by_name} ${instant(at.agreed_at)}` : null], ['修订说明', at.change_note], ['审批', d.approval_id ? <Go key="a" to={`/system/approvals/${d.approval_id}`}>查看审批</Go> : null], ['废止', d.ended_on ? `${d.ended_on} 起,${d.ended_by_name} 批准:${d.ended_reason}` : null],
  ]
  return all.filter(([, x]) => x !== null)
}
function Words({ v, d, pick }: { v: VersionText; d: RuleDetail; pick: (version_id: string) => void }) {
  return (
    <div className="hy-card hy-stack" style={{ maxWidth: 860 }}>
      {d.versions.length > 1 ? <div className="hy-line"><span className="hy-muted">版本</span><Select aria-label="版本" value={v.version_id} onChange={pick} style={{ minWidth: 220 }} options={d.versions.map((x) => ({ value: x.version_id, label: `第 ${x.version_no} 版 ${said('rule', x.state)} ${x.from_on}` }))} />{d.current_id && v.version_id !== d.current_id ? <span className="hy-red">这不是现行版本</span> : null}</div> : null}
      <RuleText body={v.body} />
      {v.files.map((f) => <a key={f.file_id} href={fileUrl(office.ruleFile, { version_id: v.version_id, file_id: f.file_id })} target="_blank" rel="noreferrer">附件:{f.name}</a>)}
    </div>
  )
}
function Versions({ d, open }: { d: RuleDetail; open: (version_id: string) => void }) {
  const before = (v: VersionRow): VersionRow | undefined => d.versions.find((x) => x.version_no < v.version_no)
  return (
    <RowsTable<VersionRow>
      cards label="历次版本" rows={d.versions} row_key="version_id" empty="没有版本"
      columns={[
        { key: 'version_no', title: '版次', width: 100, show: (v) => <Button type="link" size="small" onClick={() => open(v.version_id)}>第 {v.version_no} 版</Button> }, { key: 'state', title: '状态', width: 100, show: (v) => <StateTag value={v.state} words={words.states!['rule']} tones={TONES} /> }, { key: 'from_on', title: '生效日', width: 110 },
        { key: 'change_note', title: '修订说明', width: 260 }, { key: 'made_by_name', title: '拟稿', width: 170, show: (v) => `${v.made_by_name} ${instant(v.made_at)}` }, { key: 'agreed_at', title: '批准', width: 170, show: (v) => (v.agreed_at ? `${v.agreed_by_name} ${instant(v.agreed_at)}` : '—') },
        { key: 'act', title: '对比', width: 120, show: (v) => { const b = before(v); return b ? <Go to={`/office/rules/${d.doc_id}/compare?older=${b.version_id}&newer=${v.version_id}`}>与第 {b.version_no} 版比</Go> : '—' } },
      ]}
    />
  )
}
function Links({ d }: { d: RuleDetail }) {
  const [open, setOpen] = useState(false)
  const writes = useMay()('office.rule.write')
  return (
    <div className="hy-stack">
      <p className="hy-muted">做这些工作的人,在手机和电脑的工单、巡查任务、设备页上直接打开现行版本。</p>
      {writes ? <div><CanButton can={d.can.link} words={words} onClick={() => setOpen(true)}>设定用于哪些工作</CanButton></div> : null}
      <RowsTable cards label="用于工作" rows={d.links.map((l) => ({ ...l, key: `${l.at} ${l.target_id}` }))} row_key="key" empty="还没有关联工作" columns={[{ key: 'at', title: '种类', width: 160, show: (l) => said('link', l.at) }, { key: 'name', title: '工作', width: 360 }]} />
      {open ? <LinksDrawer d={d} close={() => setOpen(false)} /> : null}
    </div>
  )
}
function Acts({ d, v }: { d: RuleDetail; v: VersionText | undefined }) {
  const go = useGo()
  const writes = useMay()('office.rule.write')
  const [doing, setDoing] = useState<'revise' | 'edit' | 'end'>()
  const one = { doc_id: d.doc_id }
  const submit = useWrite(office.submitDraft, { done: '已提交,等第二人批准' })
  const drop = useWrite(office.dropDraft, { done: '草稿已删除' })
  const remind = useWrite(office.remindUnread, { done: (a) => `已提醒 ${a.person_count} 人` })
  const end = useWrite(office.askEnd, { in_form: true, done: '已提交,等第二人批准' })
  const open = useRead(office.version, { version_id: d.open_id ?? '' }, { enabled: d.open_id !== null && writes, stale_ms: 0 })
  const base = useRead(office.version, { version_id: d.current_id ?? d.versions[0]!.version_id }, { enabled: writes, stale_ms: 0 })
  const from = doing === 'edit' ? open.data : base.data
  const draft = d.versions.find((x) => x.state === 'draft')
  return (
    <>
      {v ? <Button href={fileUrl(office.rulePdf, { version_id: v.version_id })} target="_blank">打印</Button> : null}
      {!writes ? null : draft ? (
        <>
          <CanButton can={d.can.drop} words={words} danger onClick={async () => { if ((await confirm({ title: `删除「${draft.title}」第 ${draft.version_no} 版草稿?`, content: '删除后不能恢复', danger: true })) && (await drop.run(one)) && d.versions.length === 1) go('/office/rules') }}>删除草稿</CanButton>
          <CanButton can={d.can.edit} words={words} onClick={() => setDoing('edit')}>修改草稿</CanButton>
          <CanButton can={d.can.submit} words={words} type="primary" loading={submit.running} onClick={async () => { if (await confirm({ title: `提交「${draft.title}」第 ${draft.version_no} 版?`, content: `由第二人批准,${draft.from_on} 起执行。` })) await submit.run(one) }}>提交审批</CanButton>
        </>
      ) : (
        <>
          <CanButton can={d.can.remind} words={words} loading={remind.running} onClick={async () => { if (await confirm({ title: '提醒没读完的员工?', content: '每人每天最多提醒一次' })) await remind.run(one) }}>提醒未读</CanButton>
          <CanButton can={d.can.end} words={words} danger onClick={() => setDoing('end')}>废止</CanButton>
          <CanButton can={d.can.revise} words={words} type="primary" onClick={() => setDoing('revise')}>修订</CanButton>
        </>
      )}
      {(doing === 'revise' || doing === 'edit') && from ? <RuleDrawer key={from.version_id} doc_id={d.doc_id} class_id={d.class_id} community_id={d.community_id} from={from} close={(id) => { setDoing(undefined); if (id) go(`/office/rules/${id}`) }} /> : null}
      {doing === 'end' ? <FormModal open title="申请废止" call={office.askEnd} fixed={one} fields={['ended_on', { name: 'reason', wide: true }]} initial={{ ended_on: today(), reason: '' }} loading={end.running} submitError={end.error} onClose={() => { setDoing(undefined); end.reset() }} onSubmit={async (i) => { if (await end.run(i)) setDoing(undefined) }} /> : null}
    </>
  )
}
