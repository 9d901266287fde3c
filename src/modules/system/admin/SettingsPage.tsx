// 参数设置: what the company says about itself, and what it words for itself on its papers, from a day on.
import { Button, Form, Table } from 'antd'
import { useState } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { ContractForm } from '../../../ui/ContractForm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { day, instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { today } from '../../../kernel/clock.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { identity } from '../../identity/contract.ts'
import { system, type SettingRow } from '../contract.ts'
import { Choice } from './Choice.tsx'

export default function SettingsPage() {
  const may = useMay()
  return (
    <DetailPage
      title="参数设置" loading={false} error={null} retry={() => undefined}
      tabs={[
        ...(may('identity.company.read') ? [{ key: 'company', label: '公司信息', children: () => <Company /> }] : []),
        { key: 'papers', label: '单据', children: () => <Papers /> },
      ]}
    />
  )
}

function Company() {
  const [form] = Form.useForm()
  const may = useMay()
  const info = useRead(identity.companyInfo, {}, { stale_ms: 0 })
  const save = useWrite(identity.saveCompany, { in_form: true, done: '已保存', invalidates: [identity.companyInfo, identity.me] })
  if (info.error) return <ErrorBlock error={info.error} retry={info.retry} />
  if (!info.data) return <LoadingBlock rows={4} />
  if (!may('identity.company.write'))
    return <Table size="small" pagination={false} showHeader={false} rowKey="0" style={{ maxWidth: 560 }} columns={[{ dataIndex: '0', width: 160 }, { dataIndex: '1' }]} dataSource={[['公司全称', info.data.name], ['公司简称', info.data.short_name], ['统一社会信用代码', info.data.credit_code ?? '—'], ['服务电话', info.data.phone ?? '—']]} />
  return (
    <div style={{ maxWidth: 480 }}>
      <ContractForm
        form={form} call={identity.saveCompany} loading={save.running} submitError={save.error} initial={info.data}
        fields={[{ name: 'name', help: '印在收据与通知单上;已开出的收据不变' }, 'short_name', 'credit_code', 'phone']}
        onSubmit={(input) => save.run({ ...input, credit_code: input.credit_code || null, phone: input.phone || null })}
      >
        <Button type="primary" htmlType="submit" loading={save.running}>保存</Button>
      </ContractForm>
    </div>
  )
}

const SOURCES: Record<SettingRow['source'], string> = { community: '本小区', company: '全公司', otherwise: '系统默认' }

function Papers() {
  const may = useMay()
  const { places } = usePlace()
  const [search, setSearch] = useSearchState()
  const community_id = places.some((p) => p.id === search['community_id']) ? search['community_id'] : undefined
  const of = community_id ? { community_id } : {}
  const list = useRead(system.settings, of, { keep: true })
  const [editing, setEditing] = useState<SettingRow>()
  return (
    <div className="hy-stack">
      <Choice label="适用范围" value={community_id} empty="全公司" options={places} onChange={(id) => setSearch({ community_id: id })} />
      {list.error && !list.data ? <ErrorBlock error={list.error} retry={list.retry} /> : list.loading ? <LoadingBlock rows={4} /> : (
        <Table<SettingRow>
          size="small" pagination={false} rowKey="key" dataSource={list.data?.rows ?? []} scroll={{ x: 640 }}
          columns={[
            { title: '参数', dataIndex: 'zh', width: 130 },
            { title: '现在的内容', dataIndex: 'value', render: (v: string, r) => <>{v || <span className="hy-muted">(空)</span>}<div className="hy-muted">{r.note}</div></> },
            { title: '来自', dataIndex: 'source', width: 100, render: (v: SettingRow['source']) => SOURCES[v] },
            { title: '操作', key: 'do', width: 90, render: (_, r) => (may('system.setting.write') ? <Button type="link" size="small" aria-label={`修改${r.zh}`} onClick={() => setEditing(r)}>修改</Button> : null) },
          ]}
          expandable={{ expandedRowRender: (r) => <Versions row={r} />, rowExpandable: (r) => r.versions.length > 0 }}
        />
      )}
      {editing ? <Edit key={`${editing.key} ${community_id}`} row={editing} community_id={community_id} close={() => setEditing(undefined)} /> : null}
    </div>
  )
}

function Versions({ row }: { row: SettingRow }) {
  return (
    <Table
      size="small" pagination={false} rowKey={(v) => `${v.from_on} ${v.created_at}`} dataSource={row.versions}
      columns={[
        { title: '生效日', dataIndex: 'from_on', width: 120, render: (v: string) => day(v) },
        { title: '内容', dataIndex: 'value', render: (v: string) => v || '(空)' },
        { title: '修改人', dataIndex: 'created_by_name', width: 110, render: (v: string | null) => v ?? '—' },
        { title: '修改时间', dataIndex: 'created_at', width: 150, render: (v: string) => instant(v) },
      ]}
    />
  )
}

function Edit({ row, community_id, close }: { row: SettingRow; community_id: string | undefined; close: () => void }) {
  const save = useWrite(system.saveSetting, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={`修改${row.zh}`} call={system.saveSetting} loading={save.running} submitError={save.error}
      fields={[row.choices.length ? { name: 'value', label: row.zh, kind: 'select', options: row.choices.map((value) => ({ value, label: value })), help: row.note } : { name: 'value', label: row.zh, help: `${row.note};最多 ${row.max} 个字` }, { name: 'from_on', help: row.choices.length ? '从这一天起按新的办法' : '从这一天起开出的单据按新内容打印' }]}
      initial={{ value: row.value, from_on: today() }} fixed={{ key: row.key, ...(community_id ? { community_id } : {}) }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}
