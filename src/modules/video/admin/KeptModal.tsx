import { Button, Modal, Space } from 'antd'
import { instant } from '../../../ui/format.ts'
import type { ClipRow } from '../contract.ts'
import { useKept } from './kept.ts'

/** A clip or picture at its full size, to look at and to take along. */
export function KeptModal({ row, close }: { row: Pick<ClipRow, 'clip_id' | 'camera_name' | 'from_at' | 'title'>; close: () => void }) {
  const { kept, fault } = useKept(row.clip_id)
  return (
    <Modal open title={`${row.camera_name} ${instant(row.from_at, { seconds: true })}`} width={720} onCancel={close} footer={<Space>{kept ? <a href={kept.url} download={kept.name}><Button>下载</Button></a> : null}<Button type="primary" onClick={close}>关闭</Button></Space>}>
      <p className="hy-muted">{row.title};本次观看已记录</p>
      {fault ? <p role="alert">{fault}</p> : !kept ? <p role="status">正在取 …</p> : kept.kind === 'clip' ? <video src={kept.url} controls autoPlay muted playsInline style={{ width: '100%' }} aria-label={row.title} /> : <img src={kept.url} alt={row.title} style={{ width: '100%' }} />}
    </Modal>
  )
}
