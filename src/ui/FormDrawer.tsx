// Forms that lie above a page: drawer for many fields, modal for few. Both ask before changes are thrown away.
import { Button, Drawer, Form, Modal, type FormInstance } from 'antd'
import { useEffect, useRef, type ReactNode } from 'react'
import type { Shape } from './api.ts'
import { ContractForm, type ContractFormProps } from './ContractForm.tsx'
import { confirm } from './feedback.tsx'

export interface FormOverProps<I extends Shape> extends Omit<ContractFormProps<I>, 'form' | 'children'> {
  open: boolean
  title: string
  onClose: () => void
  /** The button's word; 保存 if not given. */
  submit?: string
  width?: number
  /** More of your own under the fields. */
  children?: ReactNode
  danger?: boolean
  /** Why it cannot be sent yet, said beside the button, which waits. */
  blocked?: string | undefined
}

export function FormDrawer<I extends Shape>(p: FormOverProps<I>) {
  const { form, body, close, focusFirst } = useOver(p)
  return (
    <Drawer
      open={p.open} title={p.title} onClose={() => void close()} size={p.width ?? (p.columns === 2 ? 720 : 480)} destroyOnHidden mask={{ closable: false }} closable={{ 'aria-label': '关闭' }}
      afterOpenChange={(open) => { if (open) focusFirst() }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<Buttons p={p} form={form} close={() => void close()} />}
    >
      <div ref={body}>{p.open ? <ContractForm {...p} form={form} /> : null}</div>
    </Drawer>
  )
}

export function FormModal<I extends Shape>(p: FormOverProps<I>) {
  const { form, body, close, focusFirst } = useOver(p)
  return (
    <Modal
      open={p.open} title={p.title} onCancel={() => void close()} width={p.width ?? 480} destroyOnHidden mask={{ closable: false }}
      afterOpenChange={(open) => { if (open) focusFirst() }} footer={<Buttons p={p} form={form} close={() => void close()} />}
    >
      <div ref={body}>{p.open ? <ContractForm {...p} form={form} /> : null}</div>
    </Modal>
  )
}

function Buttons<I extends Shape>({ p, form, close }: { p: FormOverProps<I>; form: FormInstance; close: () => void }) {
  return (
    <div className="hy-form-buttons">
      {p.blocked ? <span className="hy-muted" role="status" style={{ flex: 1 }}>{p.blocked}</span> : null}
      <Button onClick={close}>取消</Button>
      <Button type="primary" danger={p.danger ?? false} loading={p.loading} disabled={Boolean(p.blocked)} onClick={() => form.submit()} aria-keyshortcuts="Control+Enter">{p.submit ?? '保存'}</Button>
    </div>
  )
}

/** A fresh form for every opening; closing with changes asks. */
function useOver<I extends Shape>(p: FormOverProps<I>) {
  const [form] = Form.useForm()
  const body = useRef<HTMLDivElement>(null)
  const asking = useRef(false)
  useEffect(() => {
    if (!p.open || !form.isFieldsTouched()) return
    const keep = (e: BeforeUnloadEvent) => e.preventDefault()
    addEventListener('beforeunload', keep)
    return () => removeEventListener('beforeunload', keep)
  })
  const close = async () => {
    if (p.loading || asking.current) return
    asking.current = true
    try {
      if (!form.isFieldsTouched() || (await confirm({ title: '放弃未保存的修改?', ok: '放弃修改', cancel: '继续编辑', danger: true }))) p.onClose()
    } finally {
      asking.current = false
    }
  }
  // Not away from somebody who was quicker than the opening movement.
  const focusFirst = () => {
    if (!body.current?.contains(document.activeElement)) body.current?.querySelector<HTMLElement>('input:not([type=hidden]):not([disabled]),textarea:not([disabled])')?.focus()
  }
  return { form, body, close, focusFirst }
}
