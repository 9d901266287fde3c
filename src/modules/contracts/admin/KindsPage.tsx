// 合同种类: kinds with their rules from a day on: who signs, how early the keeper is told, whether it is approved, whether owners may see it.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { contracts, type Kind } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { LadderInput } from './inputs.tsx'

export default function KindsPage() {
  const writes = useMay()('contracts.kind.write')
  const q = useRead(contracts.kinds, {})
  const save = useWrite(contracts.saveKind, { in_form: true, done: '已保存' })
  const publish = useWrite(contracts.publishKindRule, { in_form: true, done: '已发布' })
  const [edit, setEdit] = useState<Kind | 'new'>()
  const [rule, setRule] = useState<Kind>()
  const row = edit === 'new' ? undefined : edit
  return (
    <ReadPage title="合同种类" loading={q.loading} error={q.error} retry={q.retry} actions={writes ? <Button type="primary" onClick={() => setEdit('new')}>新增种类</Button> : null}>
      <div className="hy-card">
        <RowsTable<Kind>
          cards label="合同种类" rows={q.data?.rows ?? []} row_key="kind_id" empty="没有合同种类"
          columns={[
            { key: 'name', title: '种类', width: 190, show: (r) => <span className="hy-line">{r.name}{r.retired ? <StateTag value="x" words={{ x: '停用' }} /> : null}</span> }, { key: 'signed_by', title: '签署方式', width: 140, show: (r) => said('signed_by', r.signed_by) }, { key: 'is_public', title: '业主公示', width: 85, show: (r) => (r.is_public ? '可公示' : '') }, { key: 'ladder', title: '到期前提醒', width: 130, show: (r) => `${r.rule.ladder.join('、')} 天` },
            { key: 'approval', title: '审批', width: 70, show: (r) => (r.rule.needs_approval ? '须审批' : '') }, { key: 'paper', title: '签署件', width: 75, show: (r) => (r.rule.needs_paper ? '须上传' : '') }, { key: 'basis', title: '依据', width: 250, show: (r) => r.rule.basis }, { key: 'next', title: '规则', width: 130, show: (r) => (r.next ? `${r.next.from_on} 起有新规则` : r.rule.from_on === '2000-01-01' ? '初始' : `${r.rule.from_on} 起`) },
            ...(writes ? [{ key: 'act', title: '操作', width: 150, show: (r: Kind) => <span className="hy-line"><Button size="small" onClick={() => setEdit(r)}>修改</Button><Button size="small" onClick={() => setRule(r)}>发布规则</Button></span> }] : []),
          ]}
        />
      </div>
      {edit ? <FormDrawer open onClose={() => { setEdit(undefined); save.reset() }} title={row ? `修改 ${row.name}` : '新增合同种类'} call={contracts.saveKind} loading={save.running} submitError={save.error} words={{ signed_by: words.states!['signed_by'] }} fixed={row ? { kind_id: row.kind_id } : { retired: false }} fields={['name', { name: 'signed_by', kind: 'select' }, 'is_public', 'sort_no', ...(row ? ['retired' as const] : [])]} initial={row ? { name: row.name, signed_by: row.signed_by, is_public: row.is_public, sort_no: row.sort_no, retired: row.retired } : { signed_by: 'parties', is_public: false, sort_no: 200 }} onSubmit={async (i) => { if (await save.run(i)) setEdit(undefined) }} /> : null}
      {rule ? <FormDrawer open onClose={() => { setRule(undefined); publish.reset() }} title={`${rule.name}:发布规则`} submit="发布" call={contracts.publishKindRule} loading={publish.running} submitError={publish.error} fixed={{ kind_id: rule.kind_id }} fields={['from_on', { name: 'ladder', wide: true, control: (c) => <LadderInput {...c} />, help: '到期当天和过期后各再提醒一次' }, 'needs_approval', 'needs_paper', { name: 'house_kinds', kind: 'many', options: optionsOf(words.states!['house_kind']) }, 'basis']} initial={{ ...rule.rule, from_on: today() }} onSubmit={async (i) => { if (await publish.run(i)) setRule(undefined) }} /> : null}
    </ReadPage>
  )
}
