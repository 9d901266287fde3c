// What keys and hooks share: a secret shown once, and communities to choose (none: the whole company).
import { Alert, Modal, Select } from 'antd'
import type { Control } from '../../../ui/fields.tsx'
import { usePlace } from '../../../ui/session.ts'

export function Once({ title, text, close }: { title: string; text: string; close: () => void }) {
  return (
    <Modal open title={title} onCancel={close} onOk={close} okText="已抄下" cancelButtonProps={{ style: { display: 'none' } }} mask={{ closable: false }}>
      <div className="hy-stack"><Alert type="warning" showIcon title="只在这里显示一次,请妥善交给对方;忘记只能重新开具。" /><code style={{ overflowWrap: 'anywhere' }}>{text}</code></div>
    </Modal>
  )
}
export function PlacesInput({ value, onChange, id }: Control) {
  const { places } = usePlace()
  return <Select id={id ?? 'community_ids'} aria-label="小区" mode="multiple" options={places.map((p) => ({ value: p.id, label: p.name }))} placeholder="全公司" value={(value as string[] | undefined) ?? []} onChange={(v) => onChange?.(v)} />
}
