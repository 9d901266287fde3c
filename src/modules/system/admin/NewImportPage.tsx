// First step: what is imported, into which community, from which file.
import { Alert, Select } from 'antd'
import { useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton } from '../../../ui/bits.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { system } from '../contract.ts'

export default function NewImportPage() {
  const go = useGo()
  const { place_id, places } = usePlace()
  const [search, setSearch] = useSearchState()
  const kinds = useRead(system.importKinds, {}, { stale_ms: 60_000 })
  const start = useWrite(system.startImport, { in_form: true })
  const kind = kinds.data?.rows.find((k) => k.kind === search['kind']) ?? kinds.data?.rows[0]
  const community_id = search['community_id'] ?? place_id ?? (places.length === 1 ? places[0]?.id : undefined)
  const ready = kind !== undefined && (!kind.needs_community || community_id !== undefined)
  const given = kind ? { kind: kind.kind, ...(community_id && kind.needs_community ? { community_id } : {}) } : { kind: '' }
  return (
    <ReadPage title="新的导入" loading={kinds.loading} error={kinds.error} retry={kinds.retry}>
      {kind ? (
        <div className="hy-stack">
          <section className="hy-card hy-stack" aria-label="导入什么">
            <div className="hy-line" style={{ flexWrap: 'wrap' }}>
              <label className="hy-line">内容 <Select aria-label="内容" style={{ width: 200 }} value={kind.kind} options={(kinds.data?.rows ?? []).map((k) => ({ value: k.kind, label: k.zh }))} onChange={(v) => setSearch({ kind: v })} /></label>
              {kind.needs_community ? <label className="hy-line">小区 <Select aria-label="小区" style={{ width: 200 }} placeholder="选择小区" value={community_id ?? null} options={places.map((p) => ({ value: p.id, label: p.name }))} onChange={(v: string) => setSearch({ community_id: v })} /></label> : null}
              {ready ? <ExcelButton call={system.importTemplate} input={given} label="下载模板" /> : null}
            </div>
            {kind.needs_community && !community_id ? <Alert type="info" showIcon title={places.length ? '请先选择小区' : '还没有小区,请先在「小区与楼栋」新增'} /> : null}
            {start.error ? <Alert type="error" showIcon role="alert" title={start.error.message} /> : null}
            <Upload
              purpose="import" accept=".xlsx,.xlsm,.xls,.csv,.txt" label="选择 Excel 文件" hint="也可以把文件拖到这里;不必改成模板的样子,下一步可以对应列" disabled={!ready || start.running}
              onDone={(f) => void start.run({ ...given, file_id: f.file_id }).then((made) => { if (made) go(`/system/imports/${made.import_id}`) })}
            />
            {kind.notes.length ? <ul className="hy-muted" style={{ margin: 0, paddingLeft: 18 }}>{kind.notes.map((n) => <li key={n}>{n}</li>)}</ul> : null}
          </section>
          <RowsTable label="可导入的字段" rows={kind.fields} row_key="key" empty="" columns={[{ key: 'zh', title: '字段', width: 160, show: (f) => `${f.zh}${f.required ? ' *' : ''}` }, { key: 'note', title: '说明', width: 600 }]} />
        </div>
      ) : null}
    </ReadPage>
  )
}
