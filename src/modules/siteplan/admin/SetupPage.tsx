// 平面图管理: which plans a community has, and their versions.
import { Alert, Button, Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, writeSearch } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { siteplan, type PlanRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { asPicture } from './as_picture.ts'

const VERSION_TONE = { now: 'good', future: 'warn', past: 'plain' } as const
export default function SetupPage() {
  const { place_id } = usePlace()
  const list = useRead(siteplan.plans, { with_retired: true, ...(place_id ? { community_id: place_id } : {}) })
  const writes = useMay()('siteplan.plan.write')
  const [edit, setEdit] = useState<{ row?: PlanRow }>()
  const [versions, setVersions] = useState<PlanRow>()
  const [upload, setUpload] = useState<PlanRow>()
  return (
    <ReadPage title="平面图管理" loading={list.loading} error={list.error} retry={list.retry} actions={<><Go to="/siteplan">看平面图</Go>{writes ? <Button type="primary" onClick={() => setEdit({})}>新增平面图</Button> : null}</>}>
      <div className="hy-card">
        <RowsTable
          label="平面图" rows={list.data?.rows ?? []} row_key="plan_id" empty="还没有平面图" next={writes ? <Button type="link" onClick={() => setEdit({})}>新增平面图</Button> : null}
          columns={[
            { key: 'name', title: '名称', width: 160, show: (r) => <Go to={`/siteplan${writeSearch({ plan: r.plan_id })}`}>{r.name}</Go> }, { key: 'kind', title: '种类', width: 70, show: (r) => said('plan', r.kind) }, { key: 'community_name', title: '小区', width: 110 }, { key: 'building_name', title: '楼栋', width: 110, show: (r) => r.building_name ?? '—' },
            { key: 'version', title: '现行版', width: 190, show: (r) => (r.version ? `第 ${r.version.version_no} 版 ${r.version.from_on} 起,${r.version.pin_count} 个点` : <span className="hy-red">还没有图片</span>) }, { key: 'next', title: '下一版', width: 110, show: (r) => (r.next_from_on ? `${r.next_from_on} 起` : '—') }, { key: 'retired', title: '状态', width: 70, show: (r) => (r.retired ? '停用' : '在用') },
            { key: 'acts', title: '操作', width: 210, show: (r) => <span className="hy-line"><Button size="small" onClick={() => setVersions(r)}>版本</Button>{r.can.write === true ? <><Button size="small" type="primary" onClick={() => setUpload(r)}>上传新版</Button><Button size="small" onClick={() => setEdit({ row: r })}>修改</Button></> : null}</span> },
          ]}
        />
      </div>
      {edit ? <PlanDrawer row={edit.row} close={() => setEdit(undefined)} made={(r) => setUpload(r)} /> : null}
      {upload ? <UploadDrawer key={upload.plan_id} row={upload} close={() => setUpload(undefined)} /> : null}
      {versions ? <Versions row={versions} close={() => setVersions(undefined)} /> : null}
    </ReadPage>
  )
}
function PlanDrawer({ row, close, made }: { row: PlanRow | undefined; close: () => void; made: (r: PlanRow) => void }) {
  const { place_id, places } = usePlace()
  const community_id = row?.community_id ?? place_id ?? places[0]?.id ?? ''
  const buildings = useRead(siteplan.places, { community_id }, { enabled: community_id !== '' })
  const save = useWrite(siteplan.savePlan, { in_form: true, done: '已保存' })
  const options = useMemo(() => [{ value: '', label: '不属于某一栋' }, ...(buildings.data?.rows ?? []).map((b) => ({ value: b.building_id, label: b.name }))], [buildings.data])
  return (
    <FormDrawer open onClose={close} title={row ? `修改 ${row.name}` : '新增平面图'} call={siteplan.savePlan} loading={save.running} submitError={save.error} words={{ kind: words.states?.['plan'] }} fixed={row ? { plan_id: row.plan_id, community_id } : { community_id }}
      fields={[{ name: 'name', placeholder: '如:全区平面图、地下车库、3栋1层' }, 'kind', { name: 'building_id', kind: 'select', options, send: (v: unknown) => (v === '' ? null : v) }, 'sort_no', ...(row ? (['retired'] as const) : [])]} initial={{ name: row?.name ?? '', kind: row?.kind ?? 'site', building_id: (row?.building_id ?? '') as never, sort_no: row?.sort_no ?? 0, retired: row?.retired ?? false }}
      onSubmit={async (i) => { const a = await save.run(i); if (!a) return; close(); if (!row) made({ plan_id: a.plan_id, community_id, name: i.name, version: null } as PlanRow) }} />
  )
}
function OnePicture({ value, onChange }: Control) {
  const [name, setName] = useState('')
  return value ? <div className="hy-line"><span>{name}</span><Button size="small" type="link" onClick={() => onChange?.(undefined)}>换一张</Button></div> : <Upload purpose="plan" accept="image/png,image/jpeg,image/svg+xml,.svg" label="选择图片" hint="PNG、JPEG 或 SVG;SVG 在本机转成 PNG,过大的自动缩小" prepare={asPicture} onDone={(f) => { setName(f.name); onChange?.(f.file_id) }} />
}
export function UploadDrawer({ row, close }: { row: PlanRow; close: () => void }) {
  const save = useWrite(siteplan.addVersion, { in_form: true, done: (a) => `已上传,第 ${a.version_no} 版` })
  const fresh = row.version === null
  return <FormDrawer open onClose={close} title={`上传 ${row.name}${fresh ? '' : ' 新版'}`} call={siteplan.addVersion} loading={save.running} submitError={save.error} fixed={{ plan_id: row.plan_id, ...(fresh ? { copy: false } : {}) }} fields={[{ name: 'file_id', wide: true, control: (c) => <OnePicture {...c} /> }, 'from_on', ...(fresh ? [] : ([{ name: 'copy', help: '图的范围变了就不要沿用' }] as const)), 'note']} initial={{ from_on: today(), copy: true, note: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function Versions({ row, close }: { row: PlanRow; close: () => void }) {
  const list = useRead(siteplan.versions, { plan_id: row.plan_id })
  return (
    <Drawer open size={720} title={`${row.name} 的版本`} onClose={close} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}>
      {list.error ? <Alert type="error" title={list.error.message} /> : null}
      <RowsTable label="版本" rows={list.data?.rows ?? []} row_key="version_id" empty="还没有上传过图片" columns={[{ key: 'version_no', title: '版本', width: 80, show: (v) => <Go to={`/siteplan${writeSearch({ plan: row.plan_id, v: v.version_id })}`}>第 {v.version_no} 版</Go> }, { key: 'state', title: '状态', width: 80, show: (v) => <StateTag value={v.state} words={words.states?.['version']} tones={VERSION_TONE} /> }, { key: 'from_on', title: '生效日', width: 105 }, { key: 'pin_count', title: '点数', width: 70 }, { key: 'made', title: '上传', width: 170, show: (v) => `${v.made_by_name} ${instant(v.made_at)}` }, { key: 'note', title: '说明', width: 140, show: (v) => v.note ?? '—' }]} />
    </Drawer>
  )
}
