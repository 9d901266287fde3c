// One tariff: write its draft in tables, try it, compare it, let another publish it, see its history.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { words as meterWords } from '../../meters/words.ts'
import { tariff } from '../contract.ts'
import { words } from '../words.ts'
import { AttributesTab } from './AttributesTab.tsx'
import { CompareTab } from './CompareTab.tsx'
import { DraftTab } from './DraftTab.tsx'
import { TariffDrawer } from './TariffsPage.tsx'
import { TryTab } from './TryTab.tsx'
import { VersionsTab } from './VersionsTab.tsx'
import type { Spec } from './SpecEditor.tsx'
import './tariff.css'

export default function TariffPage() {
  const tariff_id = useParam('tariff_id')
  const read = useRead(tariff.tariff, { tariff_id })
  const toggle = useWrite(tariff.setTariffDisabled, { done: '已保存' })
  const [editing, setEditing] = useState(false)
  // What is being written; kept here so that it can be tried before it is saved.
  const [working, setWorking] = useState<Spec>()
  const t = read.data
  const spec = working ?? t?.draft?.spec ?? t?.versions[0]?.spec
  const toggleNow = async () => {
    if (t && (t.disabled || (await confirm({ title: `停用「${t.name}」?`, content: '停用后不能再选用,已选用它的收费项目照常出账。', ok: '停用', danger: true })))) await toggle.run({ tariff_id, disabled: !t.disabled })
  }
  return (
    <>
      <DetailPage
        title={t ? `${t.community_name} ${t.name}` : '价目'} loading={read.loading} error={read.error} retry={read.retry} back="/tariff/tariffs"
        tags={t ? <>{t.disabled ? <Tag>已停用</Tag> : null}{t.draft ? <Tag color="processing">有草稿</Tag> : null}{working ? <Tag color="warning">有未保存的修改</Tag> : null}</> : null}
        actions={t ? <><CanButton can={t.can.write} words={words} onClick={() => setEditing(true)}>修改</CanButton><CanButton can={t.can.write} words={words} loading={toggle.running} onClick={() => void toggleNow()}>{t.disabled ? '启用' : '停用'}</CanButton></> : <Button disabled>修改</Button>}
        facts={t ? [['现行版本', t.from_on ?? '未发布'], ['依据', t.basis ?? '—'], ['下一版本', t.next_on ?? '—'], ['用量取自', t.meter_kind ? (meterWords.states?.['meter_kind']?.[t.meter_kind] ?? t.meter_kind) : '不按表计量'], ['账期内变更', words.states?.['version_change']?.[t.version_change] ?? ''], ['说明', t.note ?? '—']] : []}
        tabs={
          t
            ? [
                { key: 'draft', label: '编制', children: () => <DraftTab t={t} spec={spec} working={working} setWorking={setWorking} /> },
                { key: 'try', label: '试算', children: () => <TryTab t={t} spec={spec} /> },
                { key: 'compare', label: '对比', children: () => <CompareTab t={t} /> },
                { key: 'versions', label: '版本', badge: t.version_count, children: () => <VersionsTab t={t} setWorking={setWorking} /> },
                { key: 'attributes', label: '逐户属性', children: () => <AttributesTab community_id={t.community_id} /> },
              ]
            : []
        }
      />
      {editing && t ? <TariffDrawer row={t} close={() => setEditing(false)} done={read.retry} /> : null}
    </>
  )
}
