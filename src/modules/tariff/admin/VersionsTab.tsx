// History, and the file of the command line: what is exported here is what `heyuan quote` reads, and the other way round.
import { Button, Modal, Upload as Picker } from 'antd'
import { useState } from 'react'
import { StateTag } from '../../../ui/bits.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useSearchState } from '../../../ui/address.tsx'
import type { TariffDetail, VersionRow } from '../contract.ts'
import { parseTariff } from '../rules/index.ts'
import { words } from '../words.ts'
import { specOf } from './catalogue.ts'
import { Formula } from './DraftTab.tsx'
import type { Spec } from './SpecEditor.tsx'

function saveFile(t: TariffDetail): void {
  const versions = t.versions.toReversed().map((v) => { const { name: _n, ...spec } = v.spec; return { from_on: v.from_on, basis: v.basis, ...spec } })
  const file = { name: t.name, version_change: t.version_change, versions }
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 2)}\n`], { type: 'application/json' }))
  const a = document.createElement('a')
  a.href = url
  a.download = `${t.name}.json`
  a.click()
  URL.revokeObjectURL(url)
}

export function VersionsTab({ t, setWorking }: { t: TariffDetail; setWorking: (s: Spec) => void }) {
  const [shown, setShown] = useState<VersionRow>()
  const [, setSearch] = useSearchState()
  const take = (spec: Spec, what: string) => {
    setWorking(spec)
    toast.done(`${what},请在「编制」里核对后保存`)
    setSearch({ tab: 'draft' })
  }
  const load = async (file: File): Promise<void> => {
    try {
      const raw = JSON.parse((await file.text()).replace(/^\uFEFF/, '')) as Spec
      const spec = 'tariff' in raw && 'cases' in raw ? (raw['tariff'] as Spec) : raw
      const { faults } = parseTariff(spec)
      if (faults) return toast.warn(`价目文件有误:${faults[0]!.field} ${faults[0]!.reason}`)
      take(specOf(spec), '已读入价目文件')
    } catch {
      toast.warn('不是有效的价目文件(JSON)')
    }
  }
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <Button disabled={t.versions.length === 0} onClick={() => saveFile(t)}>导出价目文件</Button>
        <Picker accept=".json" showUploadList={false} beforeUpload={(f) => { void load(f); return false }}><Button>导入价目文件</Button></Picker>
      </div>
      <RowsTable<VersionRow>
        label="版本" rows={t.versions} row_key="version_id" empty="还没有发布的版本"
        columns={[
          { key: 'from_on', title: '生效日', width: 110 },
          { key: 'to_on', title: '失效日(不含)', width: 120, show: (v) => v.to_on ?? '长期' },
          { key: 'state', title: '状态', width: 90, show: (v) => <StateTag value={v.state} words={words.states?.['version']} tones={{ now: 'good', future: 'busy' }} /> },
          { key: 'basis', title: '依据', width: 240 },
          { key: 'created_by_name', title: '编制人', width: 90 },
          { key: 'published_by_name', title: '发布人', width: 90 },
          { key: 'published_at', title: '发布时间', width: 150, show: (v) => instant(v.published_at) },
          { key: 'act', title: '操作', width: 170, show: (v) => <span className="hy-line"><Button size="small" type="link" onClick={() => setShown(v)}>看公式</Button><Button size="small" type="link" onClick={() => take(v.spec, '已复制为新草稿')}>复制修改</Button></span> },
        ]}
      />
      <Modal open={shown !== undefined} title={shown ? `${t.name} ${shown.from_on} 起` : ''} footer={null} onCancel={() => setShown(undefined)} width={640}>{shown ? <Formula spec={shown.spec} name={t.name} /> : null}</Modal>
    </div>
  )
}
