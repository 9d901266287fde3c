// Acts that need a word from the person: a reason, or typing the house number.
import { Alert, Button, Form, Input, Modal } from 'antd'
import { useId, useState, type ReactNode } from 'react'
import type { Refused } from './api.ts'

/** Empty at every opening. */
function useTyped(open: boolean): [string, (text: string) => void] {
  const [text, setText] = useState('')
  const [was, setWas] = useState(open)
  if (was !== open) {
    setWas(open)
    setText('')
  }
  return [text, setText]
}

interface Over {
  open: boolean
  title: string
  onClose: () => void
  loading: boolean
  submitError: Refused | null
  /** The button's word. */
  submit?: string
  children?: ReactNode
}

/** For what cannot be taken back: the button wakes when `expected` has been typed. */
export function ConfirmTyped({ expected, what = '名称', onConfirm, ...o }: Over & { expected: string; what?: string; onConfirm: () => void }) {
  const [typed, setTyped] = useTyped(o.open)
  const id = useId()
  const right = typed.trim() === expected
  return (
    <Small o={o} danger ready={right} run={onConfirm} first={id}>
      {o.children}
      <Form.Item label={<>请输入{what} <strong>{expected}</strong> 以确认</>} htmlFor={id} className="hy-last">
        <Input id={id} value={typed} autoComplete="off" onChange={(e) => setTyped(e.target.value)} onPressEnter={() => { if (right) onConfirm() }} />
      </Form.Item>
    </Small>
  )
}

export function ReasonModal({ onConfirm, danger, label = '原因', min = 2, suggestions = [], ...o }: Over & { onConfirm: (reason: string) => void; danger?: boolean; label?: string; min?: number; suggestions?: readonly string[] }) {
  const [reason, setReason] = useTyped(o.open)
  const id = useId()
  const ready = reason.trim().length >= min
  return (
    <Small o={o} danger={danger ?? false} ready={ready} run={() => onConfirm(reason.trim())} first={id}>
      {o.children}
      <Form.Item label={label} htmlFor={id} extra={suggestions.length ? <div className="hy-suggest">{suggestions.map((s) => <Button key={s} size="small" onClick={() => { setReason(s); document.getElementById(id)?.focus() }}>{s}</Button>)}</div> : null} className="hy-last">
        <Input.TextArea id={id} value={reason} maxLength={200} showCount autoSize={{ minRows: 2, maxRows: 6 }} onChange={(e) => setReason(e.target.value)} onKeyDown={(e) => { if (e.key === 'Enter' && e.ctrlKey && ready) onConfirm(reason.trim()) }} />
      </Form.Item>
    </Small>
  )
}

function Small({ o, danger, ready, run, first, children }: { o: Over; danger: boolean; ready: boolean; run: () => void; /** The field that is typed into first. */ first: string; children: ReactNode }) {
  return (
    <Modal
      open={o.open} title={o.title} onCancel={o.onClose} width={440} destroyOnHidden afterOpenChange={(on) => { if (on) document.getElementById(first)?.focus() }}
      footer={
        <div className="hy-form-buttons">
          <Button onClick={o.onClose}>取消</Button>
          <Button type="primary" danger={danger} disabled={!ready} loading={o.loading} onClick={run}>{o.submit ?? '确定'}</Button>
        </div>
      }
    >
      <Form layout="vertical" component="div">
        {o.submitError ? <Alert type="error" showIcon role="alert" className="hy-form-alert" title={o.submitError.message} /> : null}
        {children}
      </Form>
    </Modal>
  )
}
