// An OpenID provider for the test of identity: npm oidc-provider with its own development login. It prints its issuer as the first
// line of its output and stops with its standard input. Usage: node op.mjs REDIRECT_URI POST_LOGOUT_REDIRECT_URI
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [redirect, signedOut] = process.argv.slice(2);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'dygnet', client_secret: 'a-secret-of-the-test', redirect_uris: [redirect], post_logout_redirect_uris: [signedOut] }],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    cookies: { keys: ['keys-of-the-test'] },
    pkce: { required: () => true },
    // Whoever the login form names; everybody has a verified address.
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: id, email: `${id}@kommun.example`, email_verified: true }) }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.resume().on('end', () => process.exit(0));
