// Papers of a contract, the newest version of each first; what owners may see is posted and withdrawn here.
import { Button } from 'antd'
import { useState } from 'react'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { contracts, type ContractFull, type Paper } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { PaperInput } from './inputs.tsx'

const TITLES: Record<string, string> = { text: '合同正文', signed: '签署件', annex: '服务内容与标准', end: '终止文件' }
export function PapersTab({ t }: { t: ContractFull }) {
  const may = useMay()
  const add = useWrite(contracts.addPaper, { in_form: true, done: (a) => `已上传第 ${a.version_no} 版` })
  const post = useWrite(contracts.postPaper, { in_form: true, done: '已公示,业主可在手机上查看' })
  const withdraw = useWrite(contracts.withdrawPaper, { in_form: true, done: '已撤下' })
  const [open, setOpen] = useState<{ what: 'add' | 'post' | 'withdraw'; paper?: Paper }>()
  const close = (): void => { setOpen(undefined); for (const w of [add, post, withdraw]) w.reset() }
  const p = open?.paper
  return (
    <div className="hy-stack">
      {may('contracts.contract.write') ? <div><CanButton can={t.can.paper} words={words} onClick={() => setOpen({ what: 'add' })}>上传文件</CanButton></div> : null}
      <RowsTable<Paper>
        cards label="合同文件" rows={t.papers} row_key="paper_id" empty="还没有文件"
        columns={[
          { key: 'title', title: '文件', width: 230, show: (r) => <span className="hy-line"><a href={fileUrl(contracts.paperFile, { paper_id: r.paper_id })} target="_blank" rel="noreferrer">{r.title}</a>{r.newest ? null : <span className="hy-muted">旧版</span>}</span> }, { key: 'role', title: '类别', width: 80, show: (r) => said('role', r.role) }, { key: 'version_no', title: '版本', width: 75, align: 'left', show: (r) => `第 ${r.version_no} 版` }, { key: 'file_name', title: '文件名', width: 180 },
          { key: 'made', title: '上传', width: 170, show: (r) => `${r.made_by_name} ${instant(r.made_at).slice(0, 10)}` },
          { key: 'posted', title: '公示', width: 210, show: (r) => (r.withdrawn ? `已撤下:${r.withdrawn}` : r.posted_at ? <span className="hy-line"><StateTag value="p" words={{ p: '公示中' }} tones={{ p: 'good' }} /><span className="hy-muted">{instant(r.posted_at).slice(0, 10)} {r.posted_by_name}</span></span> : '') },
          ...(may('contracts.contract.publish') && t.is_public ? [{ key: 'act', title: '操作', width: 90, show: (r: Paper) => (r.can.withdraw === true ? <Button size="small" onClick={() => setOpen({ what: 'withdraw', paper: r })}>撤下</Button> : <CanButton size="small" can={r.can.post} words={words} onClick={() => setOpen({ what: 'post', paper: r })}>公示</CanButton>) }] : []),
        ]}
      />
      {open?.what === 'add' ? <FormModal open onClose={close} title="上传合同文件" submit="上传" call={contracts.addPaper} loading={add.running} submitError={add.error} fixed={{ contract_id: t.contract_id }} words={{ role: words.states!['role'] }} fields={[{ name: 'role', kind: 'select' }, { name: 'title', help: '同类同名的是下一版' }, { name: 'file_id', label: '文件', control: (c) => <PaperInput {...c} /> }]} follows={(changed) => ('role' in changed ? { title: TITLES[changed['role'] as string] } : undefined)} initial={{ role: 'text', title: TITLES['text']! }} onSubmit={async (i) => { if (await add.run(i)) close() }} /> : null}
      {open?.what === 'post' && p ? <FormModal open onClose={close} title={`公示「${p.title}」`} submit="公示" call={contracts.postPaper} loading={post.running} submitError={post.error} fixed={{ paper_id: p.paper_id }} note={<p className="hy-muted">{t.community_name} 的业户都能看到这份文件,请确认没有不该公开的个人信息。</p>} fields={['post_note']} initial={{ post_note: p.post_note }} onSubmit={async (i) => { if (await post.run(i)) close() }} /> : null}
      {open?.what === 'withdraw' && p ? <ReasonModal open title={`撤下「${p.title}」`} submit="撤下" suggestions={['换上新版', '内容有误', '含个人信息']} loading={withdraw.running} submitError={withdraw.error} onClose={close} onConfirm={async (reason) => { if (await withdraw.run({ paper_id: p.paper_id, reason })) close() }} /> : null}
    </div>
  )
}
