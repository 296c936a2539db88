// Passkeys and one-time codes: what sign-in pages need JavaScript for.
//
//   <button type="button" hidden data-passkey="sign-in" data-begin="…" data-finish="…">   signs in; "add" adds a passkey
//   <p hidden data-passkey-said role="alert" data-refused="…" data-failed="…">            says what went wrong
//   <input data-one-time-code>                                                            takes the code from the link's fragment
//
// Buttons are shown only where the browser has passkeys. The server answers {"next": path}, or {"code": …} of a failure, whose text
// stands in data-text-CODE of the message if it has one, else in data-refused. data-failed is for when nothing was answered.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const withID = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));

  const post = async (address, value) => {
    const answer = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: value === undefined ? '' : JSON.stringify(value) });
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error('refused'), { code: said.code || 'unavailable' });
    return said;
  };

  const ceremonies = {
    add: async (options) => {
      const made = await navigator.credentials.create({ publicKey: {
        ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: withID(options.excludeCredentials) } });
      return [made, { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : [] }];
    },
    'sign-in': async (options) => {
      const got = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: withID(options.allowCredentials) } });
      return [got, { clientDataJSON: text(got.response.clientDataJSON), authenticatorData: text(got.response.authenticatorData),
        signature: text(got.response.signature), userHandle: got.response.userHandle ? text(got.response.userHandle) : undefined }];
    },
  };

  const said = document.querySelector('[data-passkey-said]');
  const say = (words) => {
    if (!said) return;
    said.textContent = words || '';
    said.hidden = !words;
  };

  const run = async (button) => {
    say('');
    button.disabled = true;
    try {
      const { publicKey } = await post(button.dataset.begin);
      const [key, response] = await ceremonies[button.dataset.passkey](publicKey);
      const { next } = await post(button.dataset.finish, { id: key.id, rawId: text(key.rawId), type: key.type,
        authenticatorAttachment: key.authenticatorAttachment || undefined, clientExtensionResults: key.getClientExtensionResults(), response });
      location.assign(next);
    } catch (error) {
      button.disabled = false;
      if (said) say(error.code && typeof error.code === 'string' ? said.getAttribute(`data-text-${error.code}`) || said.dataset.refused : said.dataset.failed);
    }
  };

  if (window.PublicKeyCredential && window.isSecureContext) {
    document.querySelectorAll('[data-passkey]').forEach((button) => {
      button.hidden = false;
      button.addEventListener('click', () => run(button));
    });
  }

  const code = document.querySelector('[data-one-time-code]');
  if (code && location.hash.length > 1) {
    code.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, '', location.pathname); // the code stays in no history
  }
})();
