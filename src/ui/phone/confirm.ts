// One question with two answers.
import { Dialog } from 'antd-mobile'

export function confirm(o: { title: string; text?: string; yes: string; no?: string }): Promise<boolean> {
  return Dialog.confirm({ title: o.title, ...(o.text ? { content: o.text } : {}), confirmText: o.yes, cancelText: o.no ?? '取消' })
}
