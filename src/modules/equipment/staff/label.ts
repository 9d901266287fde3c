/** The code within what was read: 'HY1:ABCD2345' or the code alone, as kernel/ids.ts reads it on the server. */
export const codeOfLabelText = (text: string): string => (text.trim().startsWith('HY1:') ? text.trim().slice(4) : text).replace(/\s/g, '').toUpperCase()
