import { Button, Checkbox, Form, Select } from 'antd'
import { useState } from 'react'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { forms, type KindRow, type TemplateRow } from '../contract.ts'
import { words } from '../words.ts'

const PAPER = words.states!['paper']!
const COLUMNS: readonly Column<TemplateRow>[] = [
  { key: 'name', title: '名称', width: 180, show: (r) => <Go to={`/forms/templates/${r.template_id}`}>{r.name}</Go> },
  { key: 'kind_zh', title: '单据', width: 110 },
  { key: 'paper', title: '纸张', width: 120, show: (r) => PAPER[r.paper] },
  { key: 'community_name', title: '适用范围', width: 130, show: (r) => r.community_name ?? '全公司' },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={{ live: 'good', coming: 'busy', none: 'plain', ended: 'plain' }} /> },
  { key: 'version_no', title: '现用版本', width: 100, show: (r) => (r.version_no === null ? '—' : `第 ${r.version_no} 版`) },
  { key: 'from_on', title: '生效日', width: 110 },
  { key: 'draft', title: '草稿', width: 120, show: (r) => (r.draft === 'none' ? '—' : <StateTag value={r.draft} words={words.states?.['draft']} tones={{ open: 'warn', asked: 'busy' }} />) },
  { key: 'created_by_name', title: '建立人', width: 100 },
]

export default function FormsPage() {
  const may = useMay()
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const kinds = useRead(forms.kinds, {})
  const kind = kinds.data?.rows.some((k) => k.kind === search['kind']) ? search['kind'] : undefined
  const with_ended = search['ended'] === '1'
  const list = useRead(forms.templates, { ...(kind ? { kind } : {}), ...(place_id ? { community_id: place_id } : {}), with_ended }, { keep: true })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ReadPage title="单据模板" loading={list.loading || kinds.loading} error={list.error ?? kinds.error} retry={list.retry} actions={may('forms.template.write') ? <Button type="primary" onClick={() => setAdding(true)}>新增模板</Button> : null}>
        <div className="hy-card hy-stack">
          <div className="hy-line">
            <Select allowClear aria-label="单据" placeholder="全部单据" style={{ width: 180 }} value={kind} options={kinds.data?.rows.map((k) => ({ value: k.kind, label: k.zh })) ?? []} onChange={(v?: string) => setSearch({ kind: v })} />
            <Checkbox checked={with_ended} onChange={(e) => setSearch({ ended: e.target.checked ? '1' : undefined })}>含停用</Checkbox>
          </div>
          <RowsTable label="单据模板" rows={list.data?.rows ?? []} columns={COLUMNS} row_key="template_id" empty="没有自己的模板,全部单据按内置版式打印" />
        </div>
      </ReadPage>
      {adding && kinds.data ? <Add kinds={kinds.data.rows} close={() => setAdding(false)} /> : null}
    </>
  )
}

function Add({ kinds, close }: { kinds: readonly KindRow[]; close: () => void }) {
  const go = useGo()
  const { places, place_id } = usePlace()
  const add = useWrite(forms.addTemplate, { in_form: true })
  const [kind, setKind] = useState(kinds[0]!.kind)
  const papers = kinds.find((k) => k.kind === kind)!.papers.map((p) => ({ value: p.paper, label: PAPER[p.paper]! }))
  return (
    <FormModal
      key={kind} open onClose={close} title="新增单据模板" call={forms.addTemplate} loading={add.running} submitError={add.error} submit="建立并编辑"
      fields={['name', { name: 'paper', kind: 'select', options: papers }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), help: '不选为全公司' }]}
      initial={{ name: '', paper: papers[0]!.value, community_id: place_id ?? null }} fixed={{ kind }}
      note={<Form.Item label="单据" extra={kinds.find((k) => k.kind === kind)!.note} layout="vertical"><Select aria-label="单据种类" value={kind} onChange={setKind} options={kinds.map((k) => ({ value: k.kind, label: k.zh }))} /></Form.Item>}
      onSubmit={async (input) => {
        const made = await add.run({ ...input, community_id: input.community_id || null })
        if (made) go(`/forms/templates/${made.template_id}`)
      }}
    />
  )
}
