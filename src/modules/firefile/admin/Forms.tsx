// What is registered here: the profile from a day on, key parts, papers and trainings, and the rules of the file.
import { Button, Select, Tag } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { ReasonModal } from '../../../ui/confirm.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { Upload } from '../../../ui/Upload.tsx'
import { firefile, type Paper, type Part } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import type { z } from '../../../kernel/contract.ts'
import type { Profile } from '../contract.ts'

export function ProfileDrawer({ community_id, now, close }: { community_id: string; now: z.output<typeof Profile> | null; close: () => void }) {
  const save = useWrite(firefile.saveProfile, { in_form: true, done: '已登记' })
  return <FormDrawer open onClose={close} title="消防安全基本情况" call={firefile.saveProfile} loading={save.running} submitError={save.error} fixed={{ community_id }} fields={['from_on', 'responsible', 'manager', 'phone', { name: 'use_words', kind: 'area', placeholder: '如:住宅小区,42 栋六层,约 15.9 万平方米' }, { name: 'organisation', kind: 'area', placeholder: '如:微型消防站 1 个,志愿消防队员 12 人' }, 'note']} initial={{ from_on: today(), responsible: now?.responsible ?? '', manager: now?.manager ?? '', phone: now?.phone ?? '', use_words: now?.use_words ?? '', organisation: now?.organisation ?? '', note: now?.note ?? '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
export function PartDrawer({ community_id, row, close }: { community_id: string; row: Part | undefined; close: () => void }) {
  const save = useWrite(firefile.savePart, { in_form: true, done: '已保存' })
  return <FormDrawer open onClose={close} title={row ? `修改 ${row.name}` : '新增重点部位'} call={firefile.savePart} loading={save.running} submitError={save.error} fixed={{ community_id, ...(row ? { part_id: row.part_id } : {}) }} fields={[{ name: 'name', placeholder: '如:配电室、消防水泵房、地下车库' }, 'place', { name: 'reason', kind: 'area' }, 'keeper', { name: 'measures', kind: 'area' }, ...(row ? (['retired'] as const) : [])]} initial={{ name: row?.name ?? '', place: row?.place ?? '', reason: row?.reason ?? '', keeper: row?.keeper ?? '', measures: row?.measures ?? '', retired: row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function OneFile({ value, onChange }: Control) {
  const [name, setName] = useState('')
  return value ? <div className="hy-line"><span>{name}</span><Button size="small" type="link" onClick={() => onChange?.(null)}>删除</Button></div> : <Upload purpose="proof" accept="application/pdf,image/jpeg,image/png" label="选择原件" hint="PDF、PNG 或 JPEG" onDone={(f) => { setName(f.name); onChange?.(f.file_id) }} />
}
export function PaperDrawer({ community_id, close }: { community_id: string; close: () => void }) {
  const save = useWrite(firefile.addPaper, { in_form: true, done: '已登记' })
  return <FormDrawer open onClose={close} title="登记消防文书或培训" call={firefile.addPaper} loading={save.running} submitError={save.error} fixed={{ community_id }} words={{ kind: words.states?.['paper'] }} fields={['kind', 'title', 'no', 'issuer', 'on_day', { name: 'people_count', help: '培训必填' }, { name: 'due_on', help: '责令改正的期限,合同和保险的到期日' }, { name: 'words', kind: 'area' }, { name: 'file_id', wide: true, control: (c) => <OneFile {...c} /> }]} initial={{ kind: 'training', title: '', no: '', issuer: '', on_day: today(), words: '', file_id: null }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function WordsInput({ value, onChange }: Control) {
  return <Select mode="tags" aria-label="归入消防的词" value={(value as string[] | undefined) ?? []} onChange={(v) => onChange?.(v)} tokenSeparators={[',', '、', ' ']} open={false} />
}
export function RuleDrawer({ close }: { close: () => void }) {
  const rule = useRead(firefile.rule, {})
  const save = useWrite(firefile.saveRule, { in_form: true, done: (a) => `已设定,${a.from_on} 起` })
  if (!rule.data) return null
  const r = rule.data.now
  return <FormDrawer open onClose={close} title={`消防档案规则${rule.data.next_from_on ? `(${rule.data.next_from_on} 起有新规则)` : ''}`} call={firefile.saveRule} loading={save.running} submitError={save.error} fields={['from_on', 'drill_months', 'training_months', 'patrol_days', { name: 'fire_words', wide: true, control: (c) => <WordsInput {...c} />, help: '巡查计划、检查表、问题、标识含有其中一个词就归入消防' }, { name: 'basis', kind: 'area' }]} initial={{ ...r, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
export function PapersTable({ papers, can_write }: { papers: readonly Paper[]; can_write: boolean }) {
  const [done, setDone] = useState<Paper>()
  const [ending, setEnding] = useState<Paper>()
  const finish = useWrite(firefile.donePaper, { in_form: true, done: '已办结' })
  const end = useWrite(firefile.endPaper, { in_form: true, done: '已作废' })
  return (
    <div className="hy-card">
      <RowsTable label="文书与培训" rows={papers} row_key="paper_id" empty="还没有登记文书和培训" columns={[
        { key: 'kind', title: '种类', width: 110, show: (r) => said('paper', r.kind) }, { key: 'title', title: '名称', width: 200 }, { key: 'no', title: '文号', width: 120, show: (r) => r.no || '—' }, { key: 'issuer', title: '出具或组织单位', width: 150 }, { key: 'on_day', title: '日期', width: 100 }, { key: 'people', title: '人数', width: 60, show: (r) => r.people_count ?? '—' },
        { key: 'due_on', title: '到期日', width: 100, show: (r) => (r.due_on ? <span className={r.late ? 'hy-red hy-strong' : ''}>{r.due_on}</span> : '—') }, { key: 'state', title: '办结', width: 160, show: (r) => (r.ended ? <Tag>作废:{r.ended}</Tag> : r.done_on ? `${r.done_on} ${r.done_words}` : r.late ? <span className="hy-red">到期未办结</span> : '—') }, { key: 'file', title: '原件', width: 60, show: (r) => (r.has_file ? <a href={fileUrl(firefile.paperFile, { paper_id: r.paper_id })} target="_blank" rel="noreferrer">查看</a> : '—') },
        ...(can_write ? [{ key: 'act', title: '操作', width: 130, show: (r: Paper) => (r.ended || r.done_on ? null : <span className="hy-line">{r.due_on ? <Button size="small" onClick={() => setDone(r)}>办结</Button> : null}<Button size="small" danger onClick={() => setEnding(r)}>作废</Button></span>) }] : []),
      ]} />
      {done ? <FormDrawer open onClose={() => setDone(undefined)} title={`办结 ${done.title}`} call={firefile.donePaper} loading={finish.running} submitError={finish.error} fixed={{ paper_id: done.paper_id }} fields={['done_on', { name: 'done_words', kind: 'area' }]} initial={{ done_on: today(), done_words: '' }} onSubmit={async (i) => { if (await finish.run(i)) setDone(undefined) }} /> : null}
      {ending ? <ReasonModal open title={`作废 ${ending.title}`} danger loading={end.running} submitError={end.error} onClose={() => setEnding(undefined)} onConfirm={async (reason) => { if (await end.run({ paper_id: ending.paper_id, reason })) setEnding(undefined) }} /> : null}
    </div>
  )
}
